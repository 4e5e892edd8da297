"""Who may be asked: every way round to an address that is not public, and what the parameters allow by name."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from imagequant.fetch.fetch import Fetcher
from imagequant.fetch.links import AccessRules, RefusedAddressError
from imagequant.fetch.outcome import FetchError
from imagequant.fetch.pace import HostPatience, LocalPace
from imagequant.fetch.web import open_sessions, web_url
from imagequant.params import load_params
from imagequant.storage.manifest import iterate_manifest
from imagequant.storage.work_cache import WorkCache

ROOT = Path(__file__).parents[2]
PUBLIC = "93.184.215.14"


@pytest.fixture
def strict(workshop):
    """The workshop's parameters with nothing allowed by name."""
    return replace(workshop.quick, hosts=(), attempts=1)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",  # where clouds keep a machine's credentials
        "100.64.0.1",  # behind a provider's translation
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "224.0.1.1",  # multicast that is called global
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",  # IPv4-compatible
        "::ffff:0:127.0.0.1",  # IPv4-translated
        "64:ff9b::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "2001:0:7f00:1::",  # Teredo
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "",
    ],
)
def test_addresses_that_are_not_public_are_refused(strict, address):
    rules = AccessRules(strict)
    assert not rules.has_address(address)
    with pytest.raises(RefusedAddressError):
        rules.socket_to((socket.AF_INET, socket.SOCK_STREAM, 0, "", (address, 80)))


@pytest.mark.parametrize(
    "address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_public_addresses_are_not(strict, address):
    rules = AccessRules(strict)
    assert rules.has_address(address)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    rules.socket_to((family, socket.SOCK_STREAM, 0, "", (address, 80))).close()


@pytest.mark.parametrize(
    ("hosts", "address", "has"),
    [
        (("127.0.0.1/32",), "127.0.0.1", True),
        (("127.0.0.1/32",), "127.0.0.2", False),
        (("10.0.0.0/8",), "10.9.8.7", True),
        (("10.0.0.0/8",), "::ffff:10.9.8.7", True),
        (("10.0.0.0/8",), "64:ff9b::a09:807", True),
        (("fd00::/8",), "fd00::5", True),
        (("fd00::/8",), "fc00::5", False),
        (("64:ff9b:1::/48",), "64:ff9b:1::7f00:1", True),  # a network's own prefix
        (("127.0.0.1/32",), "2130706433", False),
    ],
)
def test_networks_allowed_by_name(strict, hosts, address, has):
    assert AccessRules(replace(strict, hosts=hosts)).has_address(address) is has


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1/x",
        "http://127.0.0.1:8080/x",
        "http://public.example@127.0.0.1/x",
        "http://public.example:80@127.0.0.1/x",
        "http://[::1]/x",
        "http://[::ffff:127.0.0.1]/x",
        "http://[::ffff:7f00:1]/x",
        "http://2130706433/x",
        "http://0x7f000001/x",
        "http://0x7f.1/x",
        "http://0177.0.0.1/x",
        "http://127.1/x",
        "http://127.0.0.1./x",
        "http://127.0.0.1../x",
        "http://０x7f.1/x",
        "http://①②⑦.0.0.1/x",
        "http://127。0。0。1/x",
        "http://169.254.169.254/latest/meta-data/",
    ],
)
def test_addresses_written_into_links_are_refused_without_asking_anybody(strict, link):
    with pytest.raises(FetchError, match="refused_host"):
        AccessRules(strict).check(web_url(link))


@pytest.mark.parametrize("link", ["http://[fe80::1%25lo]/x", "http://[fe80::1%lo]/x", "http://127.0.0.1\\@a.example/x"])
def test_hosts_that_are_written_two_ways_are_no_hosts(strict, link):
    try:
        target = web_url(link)
    except FetchError as error:
        assert error.failure.reason == "invalid_link"
        return
    assert target.raw_host == "a.example"  # what is checked is what is connected to


def test_schemes_are_parameters(strict):
    only = AccessRules(replace(strict, schemes=("https",)))
    only.check(web_url("https://a.example/"))
    with pytest.raises(FetchError, match="refused_scheme: http is not among download.schemes"):
        only.check(web_url("http://a.example/"))


class Names(AbstractResolver):
    """Answers each question for a name with the next of its answers, and the last one ever after."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = 0

    async def resolve(self, host, port=0, family=socket.AF_UNSPEC):
        answers = self.answers[host.rstrip(".")]
        addresses = answers[min(self.asked, len(answers) - 1)]
        self.asked += 1
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self):
        pass


def fetch(params, cache, names, *links):
    """What links come to, one after the other, where names lead where ``names`` says (None: as the system says)."""

    async def all_of_them():
        resolver = Names(names) if isinstance(names, dict) else names
        async with open_sessions(params, resolver) as sessions:
            fetcher = Fetcher(params, WorkCache(cache), LocalPace(0.0), sessions)
            return [await fetcher.fetch(link, HostPatience(params)) for link in links]

    return [getattr(outcome, "reason", "ok") for outcome in asyncio.run(all_of_them())]


@pytest.fixture
def port(workshop, site):
    """That of a server here with something that must not get out."""
    site.pages = {"/secret": workshop.body(workshop.image(0))}
    return site.url.rpartition(":")[2]


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "::1", "0.0.0.0", "10.0.0.1"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example.", "EVIL.example"])
def test_a_name_that_leads_to_an_address_that_is_not_public(site, strict, tmp_path, port, host, address):
    assert fetch(strict, tmp_path, {"evil.example": [[address]]}, f"http://{host}:{port}/secret") == ["refused_host"]
    assert not site.asked


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "[::ffff:127.0.0.1]"])
def test_this_machine_is_asked_only_where_the_parameters_name_it(site, strict, tmp_path, port, host):
    link = f"http://{host}:{port}/secret"
    assert fetch(strict, tmp_path, None, link) == ["refused_host"]
    assert not site.asked
    assert fetch(replace(strict, hosts=("127.0.0.1/32",)), tmp_path, None, link) == ["ok"]


def test_a_host_allowed_by_name_may_lead_anywhere_and_no_other_may(site, strict, tmp_path, port):
    params = replace(strict, hosts=("images.internal",))
    names = {name: [["127.0.0.1"]] for name in ("images.internal", "a.images.internal", "images.internal.example")}
    links = [f"http://{host}:{port}/secret" for host in (*names, "127.0.0.1", "images.internal.", "Images.Internal")]
    outcomes = ["ok", "refused_host", "refused_host", "refused_host", "ok", "ok"]
    assert fetch(params, tmp_path, names, *links) == outcomes


def test_a_name_that_leads_elsewhere_when_it_is_looked_up_again(site, strict, tmp_path, port):
    """DNS rebinding: what is checked is the address that is connected to, so there is no second look to deceive."""
    # 127.0.0.1 plays the public address, so that no test asks the internet.
    params = replace(strict, hosts=("127.0.0.1/32",))
    names = {"evil.example": [["127.0.0.1"], ["127.0.0.2"]]}
    # Addresses are kept by host and port for a while: another port, and the name is looked up again.
    links = [f"http://evil.example:{port}/secret", "http://evil.example:1/secret"]
    assert fetch(params, tmp_path, names, *links) == ["ok", "refused_host"]
    assert site.asked.total() == 1


def test_a_name_whose_first_look_up_is_public(site, strict, tmp_path, port):
    """Who looked a name up to check it, and then let it be looked up to connect, would be led here."""
    names = Names({"evil.example": [[PUBLIC], ["127.0.0.1"]]})
    assert asyncio.run(names.resolve("evil.example"))[0]["host"] == PUBLIC
    assert fetch(strict, tmp_path, names, f"http://evil.example:{port}/secret") == ["refused_host"]
    assert not site.asked


@pytest.mark.parametrize("addresses", [["127.0.0.1", "127.0.0.2"], ["127.0.0.2", "127.0.0.1"]])
def test_of_several_addresses_only_the_allowed_ones_are_tried(site, strict, tmp_path, port, addresses):
    with socket.socket() as other:
        try:
            other.bind(("127.0.0.2", int(port)))
        except OSError:
            pytest.skip("this system has one loopback address")
        other.listen()
        other.setblocking(False)
        names = {"mixed.example": [addresses]}
        params = replace(strict, hosts=("127.0.0.1/32",))
        assert fetch(params, tmp_path, names, f"http://mixed.example:{port}/secret") == ["ok"]
        with pytest.raises(BlockingIOError):
            other.accept()


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://127.0.0.1:PORT/secret", "refused_host"),
        ("//127.0.0.1:PORT/secret", "refused_host"),
        ("http://2130706433:PORT/secret", "refused_host"),
        ("http://good.example@127.0.0.1:PORT/secret", "refused_host"),
        ("http://[::ffff:127.0.0.1]:PORT/secret", "refused_host"),
        ("http://evil.example:PORT/secret", "refused_host"),
        ("http://localhost:PORT/secret", "refused_host"),
        ("https://127.0.0.1:PORT/secret", "refused_host"),
        ("/again", "refused_host"),  # by a second redirect
        ("file:///etc/hostname", "refused_scheme"),
        ("outside:file:///etc/hostname", "refused_scheme"),
        ("s3://bucket/x.png", "refused_scheme"),
        ("ftp://good.example/x.png", "refused_scheme"),
        ("data:image/png;base64,AAAA", "refused_scheme"),
        ("http://good.example:PORT/secret", "ok"),
        ("secret", "ok"),
    ],
)
def test_every_redirect_is_checked(workshop, site, strict, tmp_path, port, location, reason):
    site.pages["/from"] = workshop.status(302, Location=location.replace("PORT", port))
    site.pages["/again"] = workshop.status(302, Location=f"http://127.0.0.1:{port}/secret")
    names = {name: [["127.0.0.1"]] for name in ("good.example", "evil.example", "localhost")}
    params = replace(strict, hosts=("good.example",))
    assert fetch(params, tmp_path, names, f"http://good.example:{port}/from") == [reason]
    assert ("/secret" in site.asked) is (reason == "ok")


def test_redirects_keep_to_the_schemes(workshop, site, strict, tmp_path, port):
    site.pages["/from"] = workshop.status(302, Location="https://127.0.0.1/x")
    params = replace(strict, hosts=("127.0.0.1/32",), schemes=("http",))
    assert fetch(params, tmp_path, None, f"{site.url}/from") == ["refused_scheme"]


def test_a_proxy_is_asked_wherever_it_stands_and_leads_where_it_will(
    workshop, site, strict, tmp_path, port, monkeypatch
):
    """It, not this machine, connects to the links' hosts. What a link says itself is checked all the same."""
    monkeypatch.setenv("http_proxy", site.url)
    monkeypatch.setenv("NO_PROXY", "direct.example")
    monkeypatch.setenv("no_proxy", "direct.example")
    site.pages["http://images.example/x"] = workshop.body(workshop.image(1))
    site.pages["http://images.example/from"] = workshop.status(302, Location="http://127.0.0.1/secret")
    links = [
        "http://images.example/x",
        "http://images.example/from",
        "http://127.0.0.1/secret",
        f"http://direct.example:{port}/secret",
    ]
    names = {"direct.example": [["127.0.0.1"]]}
    assert fetch(strict, tmp_path, names, *links) == ["ok", "refused_host", "refused_host", "refused_host"]
    assert set(site.asked) == {"http://images.example/x", "http://images.example/from"}


def test_what_was_fetched_while_it_was_allowed_is_refused_when_it_no_longer_is(workshop, site, port):
    rows = workshop.rows(f"{site.url}/secret", "data.png", origin=workshop.root)
    (workshop.root / "data.png").write_bytes(workshop.image(1))
    assert [row.reason for row in list(iterate_manifest(workshop.download(rows)))] == ["", ""]
    assert [row.reason for row in list(iterate_manifest(workshop.download(rows, hosts=())))] == ["refused_host", ""]
    assert [row.reason for row in list(iterate_manifest(workshop.download(rows, schemes=())))] == ["refused_scheme", ""]
    assert [row.reason for row in list(iterate_manifest(workshop.download(rows)))] == ["", ""]
    assert site.asked.total() == 1


def test_by_default_nothing_is_allowed_by_name():
    params = load_params(ROOT / "params.yaml").download
    assert (params.schemes, params.hosts, params.folders) == (("https", "http"), (), ())
