/** `12 min 5 s left`, `2 d 3 h left`, `over` */
export function timeLeft(until: bigint, now: bigint): string {
  if (until <= now) return "over";
  return `${span(until - now)} left`;
}

/** The two largest units of some seconds. */
function span(seconds: bigint): string {
  const units = [
    ["d", 86_400n],
    ["h", 3_600n],
    ["min", 60n],
    ["s", 1n],
  ] as const;
  const first = units.findIndex(([, size]) => seconds >= size);
  let rest = seconds;
  const parts = units.slice(Math.max(first, 0), Math.max(first, 0) + 2).flatMap(([unit, size]) => {
    const count = rest / size;
    rest %= size;
    return count === 0n ? [] : [`${count} ${unit}`];
  });
  return parts.join(" ");
}
