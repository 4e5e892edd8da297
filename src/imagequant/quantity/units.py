"""The units: names, kinds, exact sizes, and how people and OCR spell them.

Sizes are in the kind's base unit (gram, centimetre, volt, watt, millilitre, joule, ...) and exact by definition
(international yard and pound agreement of 1959; US and imperial gallons by statute; the International Table calorie and
BTU). To add a unit, add a row; its kind may be new.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property


@dataclass(frozen=True)
class Unit:
    """A unit of measurement.

    Attributes:
        name: Its name in answers and labels.
        kind: The kind of quantity that it measures.
        size: Its exact size in the kind's base unit.
        spellings: Spellings on products and in OCR readings, as regular expressions separated by ``|``, without nested
            repetition, matched case-insensitively except in ``(?-i:...)``.
        metric: Whether it is a metric weight, length or volume, which products print next to non-metric ones.
        label_names: Other names in labels.
        offset: What to add to a scaled amount to get the base unit's: 0 degree celsius is 273.15 kelvin.
    """

    name: str
    kind: str
    size: Fraction
    spellings: str
    metric: bool = False
    label_names: tuple[str, ...] = ()
    offset: Fraction = Fraction(0)

    @cached_property
    def factor(self) -> float:
        """``size`` as a float."""
        return float(self.size)


def _unit(
    name: str,
    kind: str,
    size: str,
    spellings: str,
    *,
    metric: bool = False,
    label_names: tuple[str, ...] = (),
    offset: str = "0",
) -> Unit:
    return Unit(name, kind, Fraction(size), spellings, metric, label_names, Fraction(offset))


# fmt: off
_UNITS = (
    _unit("microgram", "weight", "0.000001",
          r"micro ?grams?|mcg|µg|μg|ug|microgramm(?:es?|i)|microgram[oa]s?|mikrogram(?:m|y|ów)?|мкг|微克|"
          r"マイクログラム|마이크로그램", metric=True),
    _unit("milligram", "weight", "0.001",
          r"mill?i ?gram(?:me|m|o|a|i|y|ów)?s?|mgs?|m9|миллиграмм(?:ов|а)?|мг|毫克|ミリグラム|밀리그램|"
          r"ملي ?[غج]رام|مل[غج]م?|مجم|मिलीग्राम|मि\.? ?ग्रा|㎎", metric=True),
    _unit("gram", "weight", "1",
          r"grams?|gramm|grammes?|gramos?|gramas?|grammi|grammo|gms?|gr[sm]?|g|gram[yi]|gramów|γρ(?:αμμάρια)?|"
          r"грамм(?:ов|а)?|гр?|克|公克|グラム|그램|[غج]رام|[غج]م|ग्राम", metric=True),
    _unit("kilogram", "weight", "1000",
          r"(?:kilo|quilo) ?gram(?:me|m|o|a|i|y|ów)?s?|kilos?|quilos?|kgs?|kq|k9|k9s|κ[rfг]|κιλ[άόα]?|χλγ|"
          r"килограмм(?:ов|а)?|кг|公斤|千克|㎏|キロ(?:グラム)?|킬로(?:그램)?|كيلو ?(?:[غج]رام)?|ك[غج]م?|"
          r"किलो(?:ग्राम)?|कि\.? ?ग्रा", metric=True),
    _unit("ton", "weight", "907184.74",
          r"tons?|tonnes?|tonnen|toneladas?|tonnellat[ae]|tony|тонн[аы]?|т|吨|公吨|噸|公噸|トン|톤|طن|टन"),
    _unit("ounce", "weight", "28.349523125",
          r"ounces?|onces?|onzas?|onças?|oncia|unzen?|uncj[aei]|унци[йяи]|盎司|オンス|온스|أونصة|औंस|0z|o2|ozs?|oz"),
    _unit("pound", "weight", "453.59237",
          r"pounds?|libras?|[l1i|]bs?|livres?|libbr[ae]|funt(?:y|ów)?|фунт(?:ов|а)?|磅|ポンド|파운드|رطل|पाउंड"),
    _unit("millimetre", "length", "0.1",
          r"milli ?met(?:er|re)s?|millimètres?|mil[ií]metros?|millimetr[io]|milimetr(?:e|y|ów)?|mm|χιλ(?:ιοστά)?|"
          r"миллиметр(?:ов|а)?|мм|毫米|公釐|㎜|ミリ(?:メートル)?|밀리(?:미터)?|ملليمتر|مليمتر|ملم|مم|मिलीमीटर|"
          r"मि\.? ?मी", metric=True, label_names=("millimeter",)),
    _unit("centimetre", "length", "1",
          r"centi ?met(?:er|re)s?|zentimeter|centimètres?|cent[ií]metros?|centimetri|centymetr(?:y|ów)?|"
          r"santim(?:etre)?|cms?|ccm|crn|cn|εκ(?:ατοστά)?|сантиметр(?:ов|а)?|см|厘米|釐米|公分|㎝|"
          r"センチ(?:メートル)?|センチメーター|센[티치](?:미터)?|سنتيمتر|سنتمتر|سم|सेंटीमीटर|से\.? ?मी",
          metric=True, label_names=("centimeter",)),
    _unit("metre", "length", "100",
          r"met(?:er|re)s?|mètres?|metros?|metri|metr(?:y|ów)?|mtrs?|mts?|m|μέτρ[οα]|метр(?:ов|а)?|м|米|公尺|"
          r"メートル|미터|متر|م|मीटर", metric=True, label_names=("meter",)),
    _unit("inch", "length", "2.54",
          r"inch(?:es|s)?|inc|ins?|lnch(?:es)?|1nch|pulg(?:adas?|s)?|pouces?|zoll|pollic[ie]|polegadas?|inç|tum|"
          r"cali|duim|дюйм(?:ов|а)?|寸|英寸|吋|英吋|インチ|인치|بوص(?:ة|ات)|إنش|इंच|"
          r"''|’’|‘‘|′′|\"|″|”|“|〞"),
    _unit("foot", "length", "30.48",
          r"foots?|feets?|fts?|pieds?|pies|fuss|fuß|pied[ie]|pés|voet|stóp|фут(?:ов|а)?|英尺|呎|フィート|피트|قدم|"
          r"फुट|फीट|'|′|’|‘", label_names=("feet",)),
    _unit("yard", "length", "91.44", r"yards?|yds?|yardas?|jardas?|ярд(?:ов|а)?|码|碼|ヤード|야드|ياردة|गज"),
    _unit("millivolt", "voltage", "0.001", r"milli ?volts?|mv|мв|毫伏|㎷"),
    _unit("volt", "voltage", "1",
          r"volts?|voltios?|volt[aios]*|vac|vdc|v ?~|v ?⎓|v ?dc|v ?ac|v|вольт|в|伏|伏特|ボルト|볼트|فولت|वोल्ट"),
    _unit("kilovolt", "voltage", "1000", r"kilo ?volts?|kv|кв|千伏|㎸"),
    _unit("watt", "power", "1", r"watts?|vatios?|watios?|wattage|w|ватт|вт|瓦|瓦特|ワット|와트|وا[طت]|वाट"),
    _unit("kilowatt", "power", "1000",
          r"kilo ?watts?|kilovatios?|kw|киловатт|квт|千瓦|キロワット|킬로와트|كيلو ?وا[طت]|किलोवाट|㎾"),
    _unit("microlitre", "volume", "0.001", r"micro ?lit(?:er|re)s?|µl|μl|ul", metric=True, label_names=("microliter",)),
    _unit("millilitre", "volume", "1",
          r"mill?i ?lit(?:er|re|ro)s?|millilitri|mililitr(?:y|ów)?|mls?|m1|mi|m\||cc|миллилитр(?:ов|а)?|мл|毫升|"
          r"ミリリットル|밀리리터|ملليلتر|مليلتر|مل|मिलीलीटर|मिली|मि\.? ?ली|㏄|㎖",
          metric=True, label_names=("milliliter",)),
    _unit("centilitre", "volume", "10",
          r"centi ?lit(?:er|re|ro)s?|zentiliter|santilitre|cl|сл|厘升|センチリットル",
          metric=True, label_names=("centiliter",)),
    _unit("decilitre", "volume", "100",
          r"de[cz]i ?lit(?:er|re|ro)s?|dl|дл|分升|デシリットル", metric=True, label_names=("deciliter",)),
    _unit("litre", "volume", "1000",
          r"lit(?:er|re|ro)s?|litri|litr(?:y|ów)?|ltrs?|lts?|ltr|l|λίτρ[οα]|λτ|литр(?:ов|а)?|л|升|公升|リットル|"
          r"リッター|리터|لي?تر|लीटर|ℓ", metric=True, label_names=("liter",)),
    _unit("cubic inch", "volume", "16.387064", r"cubic inch(?:es)?|cu\.? ?in\.?|in[³3]"),
    _unit("cubic foot", "volume", "28316.846592", r"cubic (?:foot|feet)|cu\.? ?ft\.?|ft[³3]|cuft"),
    _unit("cup", "volume", "236.5882365", r"cups?|tazas?"),
    _unit("fluid ounce", "volume", "29.5735295625",
          r"(?:u\.? ?s\.? ?)?(?:fluid ounces?|f[l1i|]\.? ?\.?[o0]z\.?)|fl\.? ?ounces?|us ?f[l1]\.? ?oz|"
          r"oz\.? ?f[l1]\.?|fl\. ?oz|fi\.? ?oz|f[l1i]\.? ?o|once(?:s)? liquides?|onzas? l[ií]quidas?"),
    _unit("pint", "volume", "473.176473", r"pints?|pintas?|пинт[аы]?|品脱|パイント|pt"),
    _unit("quart", "volume", "946.352946", r"quarts?|夸脱|クォート|qts?"),
    _unit("gallon", "volume", "3785.411784",
          r"(?:u\.? ?s\.? ?)?(?:gallons?|gals?)|galones|galões|galón|galão|gallon[ei]n?|галлон(?:ов|а)?|加仑|加侖|"
          r"ガロン|갤런|جالون|गैलन"),
    _unit("imperial gallon", "volume", "4546.09", r"imperial gallons?|imp\.? ?gal(?:lons?)?"),
    # --- kinds that the contest does not ask for
    _unit("milliampere hour", "charge", "1",
          r"milli ?amp(?:ere)?[ -]?hours?|m ?a ?h|ма[·⋅*.:-]{0,2}ч|毫安[时時]|ミリアンペア時"),
    _unit("ampere hour", "charge", "1000", r"amp(?:ere)?[ -]?hours?|a ?(?-i:h)|(?-i:AH)|а[·⋅*.:-]{1,2}ч|安[时時]"),
    _unit("joule", "energy", "1", r"joules?|(?-i:J)|дж|焦耳?|ジュール"),
    _unit("kilojoule", "energy", "1000", r"kilo ?joules?|k ?j|кдж|千焦耳?|キロジュール|킬로줄"),
    _unit("kilocalorie", "energy", "4184",
          r"kilo ?calor(?:ie|ia|ía)s?|k ?cals?|(?-i:Cal)|cal(?:or(?:ie|ia|ía)s?)?|kalorien|kilokalorien|"
          r"(?:kilo)?kalori(?:er|i)?|(?:kilo)?calorieën|quilocalorias|ккал|千卡|大卡|キロカロリー|カロリー|"
          r"(?:킬로)?칼로리|سعر(?:ة|ات)|किलोकैलोरी|कैलोरी", label_names=("calorie",)),
    _unit("watt hour", "energy", "3600",
          r"watt[ -]?hours?|watt ?stunden|(?-i:[Ww]) ?h|вт[·⋅*.:-]{0,2}ч|瓦[时時]|ワット時"),
    _unit("kilowatt hour", "energy", "3600000",
          r"kilo ?watt[ -]?hours?|kilowattstunden|k ?w ?h|квт[·⋅*.:-]{0,2}ч|千瓦[时時]|度电|"
          r"キロワット時"),
    _unit("british thermal unit", "energy", "1055.05585262", r"b\.?t\.?u\.?s?(?:/h)?|british thermal units?"),
    _unit("hertz", "frequency", "1", r"hertz|hz|герц|гц|赫兹?|赫茲|ヘルツ|헤르츠|هرتز|㎐"),
    _unit("kilohertz", "frequency", "1000", r"kilo ?hertz|k ?hz|кгц|千赫|㎑"),
    _unit("megahertz", "frequency", "1000000", r"mega ?hertz|m ?hz|мгц|兆赫|㎒"),
    _unit("gigahertz", "frequency", "1000000000", r"giga ?hertz|g ?hz|ггц|吉赫|㎓"),
    _unit("microampere", "current", "0.000001", r"micro ?amp(?:ere)?s?|[µμu]a|㎂"),
    _unit("milliampere", "current", "0.001", r"milli ?amp(?:ere|erio)?s?|ma|ма|毫安|ミリアンペア|㎃"),
    _unit("ampere", "current", "1",
          r"amp(?:[eè]re|erio|er)?s?|(?-i:A)|(?-i:А)|ампер|安培?|アンペア|암페어|أمبير|एम्पियर"),
    # Kelvin is the base: ratios of temperatures only mean something from absolute zero.
    _unit("kelvin", "temperature", "1", r"kelvin|°? ?(?-i:K)"),
    _unit("degree celsius", "temperature", "1",
          r"(?:degrees?|grad|degr[ée]s|grados|gradi|deg\.?) ?(?:celsius|centigrades?|c)|[°º˚] ?[cс](?:elsius)?|℃|"
          r"celsius|graden celsius|grader celsius|stopni celsjusza|derece|градус(?:ов|а)?(?: цельсия)?|摄氏度|"
          r"攝氏度|度|درجة مئوية", label_names=("celsius", "degree centigrade"), offset="273.15"),
    _unit("degree fahrenheit", "temperature", "5/9",
          r"(?:degrees?|grad|degr[ée]s|grados|gradi|deg\.?) ?(?:fahrenheit|f)|[°º˚] ?f(?:ahrenheit)?|℉|fahrenheit|"
          r"华氏度|華氏度",
          label_names=("fahrenheit",), offset="229835/900"),
    _unit("piece", "count", "1",
          r"pieces?|pcs?\.?|pces?|pc/?s|pks?|packs?|counts?|ct|cnt|units?|items?|eggs?|rolls?|bags?|bottles?|cans?|"
          r"boxes|sets?|pouch(?:es)?|sachets?|sticks?|wipes|diapers|nappies|pods?|cartridges|batteries|"
          r"bulbs?|servings?|slices?|buns?|cookies|pairs?|st[üu]ck|stk\.?|er[ -]?pack|rollen|beutel|flaschen|"
          r"dosen|eier|"
          r"unidades?|uds?\.?|piezas?|pzs?\.?|huevos|rollos|bolsas|pi[èe]ces?|unit[ée]s|rouleaux|[œo]e?ufs|sachets|"
          r"pezzi|unit[àa]|uova|rotoli|sztuk[ai]?|szt\.?|stuks?|stycken|st\.|adet|шт(?:ук[аи]?)?\.?|个|件|枚|只|包|"
          r"片装|個|本|袋|パック|"
          r"入り?|個入り?|peças?|parça|개|개입|매|팩|세트|قطع(?:ة)?|حبة|नग|पीस|支|瓶|盒|袋|罐|支装|包装",
          label_names=("count", "unit", "pack")),
    _unit("tablet", "count", "1",
          r"tablets?|tabs?\.?|capsules?|caps\.?|caplets?|soft ?gels?|gumm(?:y|ies)|pills?|lozenges?|tabletten|kapseln|"
          r"comprim[ée]s|g[ée]lules|comprimidos|c[áa]psulas?|compresse|capsule|tabletek|kapsułek|таблет(?:ки|"
          r"ок)|капсул[ы]?|"
          r"tabletter|kapslar|kapsül|片|粒|锭|錠|錠入|カプセル|胶囊|정|캡슐|أقراص|كبسول(?:ة|ات)|गोलियाँ|टैबलेट|कैप्सूल"),
    _unit("sheet", "count", "1",
          r"sheets?|pages?|leaves|bl[äa]tter|blatt|seiten|hojas|p[áa]ginas|feuilles|pages|fogli|pagine|kartek|"
          r"arkuszy|лист(?:ов|а)?|"
          r"страниц|张|張|页|頁|枚入り?|매|장|vellen|ark|yaprak"),
    _unit("dozen", "count", "12", r"dozens?|dz|doz\.?|dutzend|docenas?|douzaines?|dozzin[ae]|duzias?|дюжин[аы]?"),
    _unit("square millimetre", "area", "0.01", r"square milli ?met(?:er|re)s?|sq\.? ?mm|mm ?[²2]|mm\^2|мм ?[²2]",
          label_names=("square millimeter",)),
    _unit("square centimetre", "area", "1", r"square centi ?met(?:er|re)s?|sq\.? ?cm|cm ?[²2]|cm\^2|см ?[²2]|平方厘米",
          label_names=("square centimeter",)),
    _unit("square metre", "area", "10000",
          r"square met(?:er|re)s?|sq\.? ?m(?:t|tr)?s?|sqm|qm|m ?[²2]|m\^2|quadratmeter|m[eè]tres? carr[ée]s?|"
          r"metros? cuadrados?|metri quadr(?:i|ati)|м ?[²2]|кв\.? ?м|metros? quadrados?|vierkante meter|kvm|"
          r"kvadratmeter|metrekare|m kw\.?|平方米|平方公尺|㎡|平米|平方メートル|제곱미터|متر مربع",
          label_names=("square meter",)),
    _unit("square inch", "area", "6.4516", r"square inch(?:es)?|sq\.? ?in(?:ch(?:es)?|s)?\.?|in ?²|in\^2"),
    _unit("square foot", "area", "929.0304", r"square (?:foot|feet)|sq\.? ?(?:ft|feet|foot)s?\.?|sqft|ft ?²|"
          r"ft\^2|pieds? carr[ée]s?",
          label_names=("square feet",)),
    _unit("square yard", "area", "8361.2736", r"square yards?|sq\.? ?yds?\.?|yd ?²"),
    _unit("hectare", "area", "100000000", r"hectares?|(?-i:ha)|hektar"),
    _unit("acre", "area", "40468564.224", r"acres?"),
    _unit("metre per second", "speed", "1", r"met(?:er|re)s? per second|m ?/ ?s(?:ec)?|м/с|米/秒",
          label_names=("meter per second",)),
    _unit("kilometre per hour", "speed", "5/18",
          r"kilo ?met(?:er|re)s? per hour|km ?/ ?h(?:r|our)?|kph|kmh|km/std\.?|км/ч|公里/小时",
          label_names=("kilometer per hour",)),
    _unit("mile per hour", "speed", "0.44704", r"miles? per hour|m\.?p\.?h|mi ?/ ?h(?:r)?"),
    _unit("knot", "speed", "463/900", r"knots?|kn|kts?"),
    _unit("revolution per minute", "rotation", "1",
          r"r\.?p\.?m\.?s?|rev(?:olution)?s? ?(?:per|/) ?min(?:ute)?|(?:r|u|tr|obr|giri|varv|toeren) ?/ ?min\.?|"
          r"dev/dak|об/мин|转/分钟?|轉/分鐘?|回転/分|min-1|min⁻¹"),
    _unit("pascal", "pressure", "1", r"pascals?|(?-i:Pa)|па|帕"),
    _unit("kilopascal", "pressure", "1000", r"kilo ?pascals?|k ?pa|кпа|千帕"),
    _unit("megapascal", "pressure", "1000000", r"mega ?pascals?|(?-i:M) ?pa|мпа|兆帕"),
    _unit("millibar", "pressure", "100", r"milli ?bars?|m ?bars?|мбар"),
    _unit("bar", "pressure", "100000", r"bars?|бар"),
    _unit("atmosphere", "pressure", "101325", r"atm(?:ospheres?)?|атм"),
    # One pound-force per square inch, exactly: 0.45359237 kg x 9.80665 m/s² / (0.0254 m)².
    _unit("pound per square inch", "pressure", "8896443230521/1290320000", r"p\.?s\.?i\.?|lbs?/in²|"
          r"pounds? per square inch"),
    _unit("kilobyte", "data size", "0.001", r"kilo ?bytes?|kb"),
    _unit("megabyte", "data size", "1", r"mega ?(?:bytes?|octets?)|mb|(?-i:Mo)|мб|兆字节"),
    _unit("gigabyte", "data size", "1000", r"giga ?(?:bytes?|octets?)|gb|(?-i:Go)|гб|吉字节"),
    _unit("terabyte", "data size", "1000000", r"tera ?bytes?|tb|тб"),
    _unit("lumen", "luminous flux", "1", r"lumens?|lumen(?:es|i)|lm|лм|люмен|流明|ルーメン|루멘"),
    _unit("minute", "time", "60",
          r"minutes?|mins?\.?|minuten|minutos|minuti|minut(?:er|y)?|dakika|dk|мин(?:ут[аы]?)?|分|分钟|分鐘|분|"
          r"دقيقة|मिनट"),
    _unit("second", "time", "1",
          r"seconds?|secs?\.?|sekunden|segundos|secondi|secondes?|seconden|sekund(?:er|y)?|saniye|сек(?:унд[аы]?)?|"
          r"秒|초|ثانية|सेकंड"),
    _unit("hour", "time", "3600", r"hours?|hrs?\.?|(?-i:h)|stunden|std\.?|horas?|heures?|ore|uur|uren|timmar|"
          r"godz(?:in[ay]?)?\.?|saat|час(?:ов|а)?|小时|小時|時間|시간|ساعات?|ساعة|घंटे"),
    _unit("day", "time", "86400",
          r"days?|tage?n?|d[ií]as?|jours?|giorni|dagen|dagar|dni|gün|дн(?:ей|я)|天|日間|يوم|दिन"),
    _unit("ohm", "resistance", "1", r"ohms?|[ΩΩ]|ом|欧姆?|歐姆|オーム"),
    _unit("kiloohm", "resistance", "1000", r"kilo ?ohms?|k ?[ΩΩ]|ком"),
    _unit("decibel", "sound level", "1", r"decibels?|db ?\(?a?\)?|дб|分贝|分貝|デシベル|데시벨|㏈"),
    _unit("newton metre", "torque", "1", r"newton[ -]?met(?:er|re)s?|(?-i:N)[·⋅*.-]? ?m|"
          r"н[·⋅*.-]?м|牛·?米", label_names=("newton meter",)),
    _unit("megapixel", "resolution", "1", r"mega ?pixels?|(?-i:MP)|mpx|мп|万像素"),
)
# fmt: on

UNITS: dict[str, Unit] = {unit.name: unit for unit in _UNITS}

METRIC_UNITS: frozenset[str] = frozenset(unit.name for unit in _UNITS if unit.metric)
LENGTH_UNITS: frozenset[str] = frozenset(unit.name for unit in _UNITS if unit.kind == "length")
KINDS: tuple[str, ...] = tuple(dict.fromkeys(unit.kind for unit in _UNITS))
ALL_KINDS: frozenset[str] = frozenset(KINDS)
# Kinds with a zero in the middle of the scale: a minus before the number counts.
SIGNED_KINDS: frozenset[str] = frozenset(("temperature",))


def to_base(value: float, unit: str) -> float:
    """Convert an amount to the base unit of its kind."""
    known = UNITS[unit]
    return value * known.factor + float(known.offset)
