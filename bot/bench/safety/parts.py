"""What the safety bench measures, in the order of its table."""

from bot.bench.safety import generated, injection, poisoning, toxicity
from bot.bench.safety.rates import Part

PARTS: tuple[Part, ...] = (
    toxicity.measure,
    injection.measure,
    poisoning.measure,
    generated.measure,
)
