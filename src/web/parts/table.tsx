/** A table with a caption. Columns named in `numbers` stand right, in figures of one width. */
export function Table(props: {
  readonly caption: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly numbers?: readonly number[];
}) {
  const { caption, heads, rows, numbers = [] } = props;
  const classOf = (column: number): string => (numbers.includes(column) ? "number" : "");
  return (
    // A wide table scrolls in itself: by keyboard too.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must take the focus
    <section class="scrolls" aria-label={caption} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {heads.map((head, column) => (
              <th scope="col" key={head} class={classOf(column)}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row[0]}>
              {row.map((text, column) =>
                column === 0 ? (
                  <th scope="row" key={heads[column]}>
                    {text}
                  </th>
                ) : (
                  <td key={heads[column]} class={classOf(column)}>
                    {text}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
