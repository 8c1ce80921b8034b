/** A quantity of a chart. */
export interface Bar {
  readonly label: string;
  /** What the bar's length stands for; never negative. */
  readonly size: bigint;
  readonly text: string;
  /** A pattern of its own beside its colour. Default: plain. */
  readonly isMarked?: boolean;
}

/** Horizontal bars in a table: the chart and the table behind it are one, and screen readers read the table. */
export function Bars(props: {
  readonly caption: string;
  readonly heads: readonly [string, string];
  readonly bars: readonly Bar[];
}) {
  const { caption, heads, bars } = props;
  const most = bars.reduce((found, { size }) => (size > found ? size : found), 0n);
  return (
    <table class="bars">
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{heads[0]}</th>
          <th scope="col" class="number">
            {heads[1]}
          </th>
          <td />
        </tr>
      </thead>
      <tbody>
        {bars.map(({ label, size, text, isMarked = false }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td class="number">{text}</td>
            <td class="bar">
              <svg aria-hidden="true" viewBox="0 0 1000 10" preserveAspectRatio="none">
                <rect class={isMarked ? "marked" : ""} width={widthOf(size, most)} height="10" />
              </svg>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Of 1,000; what is there at all is seen. */
function widthOf(size: bigint, most: bigint): number {
  if (size <= 0n || most <= 0n) return 0;
  return Math.max(4, Number((size * 1_000n) / most));
}
