"""The training loop: epochs, early stopping, and the weights of the best epoch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from imagequant.core.iteration import chunks
from imagequant.model.batching import collate, target_mask
from imagequant.model.config import NetworkConfig
from imagequant.model.examples import Example
from imagequant.model.infer import infer
from imagequant.model.network import HybridNetwork, to_tensors
from imagequant.params import TrainParams
from imagequant.training.augment import augment
from imagequant.training.loss import choice_loss

# Batches are cut from pools of this many batches, sorted by length.
_POOL = 8


def _ignore(_: dict[str, float]) -> None:
    """Discards figures."""


@dataclass(frozen=True)
class TrainingLog:
    """Where the figures of training go.

    Attributes:
        on_step: Called with ``train/loss`` after each batch.
        on_epoch: Called with the figures of the epoch.
        on_end: Called with ``best_epoch``, from 1.
    """

    on_step: Callable[[dict[str, float]], None] = _ignore
    on_epoch: Callable[[dict[str, float]], None] = _ignore
    on_end: Callable[[dict[str, float]], None] = _ignore


@dataclass(frozen=True)
class FittedNetwork:
    """The network with the weights of its best epoch (from 1)."""

    network: HybridNetwork
    epoch: int
    development_loss: float


def network_config(params: TrainParams, example: Example) -> NetworkConfig:
    """Return the network that section ``train`` describes, for examples like this one."""
    photo = example.photo
    return NetworkConfig(
        vocabulary=example.vocabulary,
        word_width=params.word_width,
        lstm_width=params.lstm_width,
        hidden_width=params.hidden_width,
        dropout=params.dropout,
        use_cnn_pooled=params.use_cnn_pooled,
        use_cnn_grid=params.use_cnn_grid,
        use_lstm=params.use_lstm,
        use_geometry=params.use_geometry,
        pooled_width=len(photo.pooled),
        grid_channels=len(photo.grid),
    )


def fit(
    train: Sequence[Example],
    development: Sequence[Example],
    config: NetworkConfig,
    params: TrainParams,
    log: TrainingLog,
) -> FittedNetwork:
    """Trains from scratch; the same examples and parameters give the same weights.

    Args:
        train: Labelled examples to learn from; they may be on disk, since they are read one batch at a time.
        development: Labelled examples for early stopping.
        config: The network.
        params: Section ``train``.
        log: Where its figures go.
    """
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(params.seed)
    network = HybridNetwork(config)
    # The fused one takes square roots as the standard says; the other leaves them to MKL, whose last digits differ by
    # make of processor.
    optimizer = torch.optim.AdamW(network.parameters(), lr=params.lr, weight_decay=params.weight_decay, fused=True)
    steps = params.epochs * -(-len(train) // params.batch_size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, params.lr, total_steps=steps, pct_start=0.15)
    lengths = [len(example.ngrams) for example in train]
    best = FittedNetwork(network, 0, float("inf"))
    best_weights = _copy(network)
    for epoch in range(1, params.epochs + 1):
        loss = _train_epoch(network, train, lengths, optimizer, schedule, params, epoch, log)
        development_loss, accuracy = measure(network, development)
        log.on_epoch(
            {
                "train/epoch_loss": loss,
                "development/loss": development_loss,
                "development/exact_match": accuracy,
                "lr": float(schedule.get_last_lr()[0]),
            }
        )
        if development_loss < best.development_loss:
            best, best_weights = FittedNetwork(network, epoch, development_loss), _copy(network)
        elif epoch - best.epoch >= params.patience:
            break
    network.load_state_dict(best_weights)
    network.eval()
    log.on_end({"best_epoch": best.epoch})
    return best


def _train_epoch(
    network: HybridNetwork,
    examples: Sequence[Example],
    lengths: Sequence[int],
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    params: TrainParams,
    epoch: int,
    log: TrainingLog,
) -> float:
    """Makes one pass over shuffled, augmented examples; returns the mean loss."""
    network.train()
    rng = np.random.default_rng([params.seed, epoch])
    losses: list[float] = []
    for batch in shuffled_batches(lengths, params.batch_size, rng):
        varied = [augment(examples[number], params.augment, rng) for number in batch]
        optimizer.zero_grad()
        loss = _loss(network, varied)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
        log.on_step({"train/loss": losses[-1]})
    return float(np.mean(losses))


def shuffled_batches(lengths: Sequence[int], size: int, rng: np.random.Generator) -> list[list[int]]:
    """Return random batches of similar length, to avoid padding; each example is in one batch.

    Args:
        lengths: Length of each example's text.
        size: Batch size.
        rng: Decides the order.

    Returns:
        Example numbers of each batch.
    """
    order = rng.permutation(len(lengths)).tolist()
    pools = [sorted(pool, key=lambda number: lengths[number]) for pool in chunks(order, _POOL * size)]
    cut = [batch for pool in pools for batch in chunks(pool, size)]
    return [cut[index] for index in rng.permutation(len(cut))]


def _loss(network: nn.Module, batch: Sequence[Example]) -> Tensor:
    inputs = collate(batch)
    answerable = torch.tensor([example.answerable for example in batch])
    targets = torch.from_numpy(target_mask(batch, inputs.candidate_mask.shape[1]))
    return choice_loss(network(*to_tensors(inputs))[: len(batch)], targets, answerable)


@torch.no_grad()
def measure(network: nn.Module, examples: Sequence[Example]) -> tuple[float, float]:
    """Return the mean loss, and the share of rows whose most probable choice (an answer or abstaining) is right."""
    network.eval()
    parts = [(float(_loss(network, batch)) * len(batch), len(batch)) for batch in chunks(examples, 64)]
    loss = sum(part for part, _ in parts) / sum(count for _, count in parts)
    right = 0
    for example, logits in infer(network, examples):
        choice = int(np.argmax(logits))
        abstained = choice == len(example.quantities)
        correct = example.correct if example.correct is not None else np.zeros(0, dtype=bool)
        right += (not example.answerable) if abstained else bool(correct[choice])
    return loss, right / len(examples)


def _copy(network: HybridNetwork) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}
