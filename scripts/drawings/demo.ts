import { readFileSync } from "node:fs";
import { z } from "zod";

const amount = z.string().regex(/^-?\d+(?:\.\d+)?$/);
/** What documents repeat of a run of `ballast demo --json` over the bundled sample. */
export const demoSchema = z.object({
  paths: z.array(z.object({ path: z.string(), account: z.string(), outcome: z.string() })),
  waterfall: z.object({ loss: amount, insuranceFund: amount, gammaReserve: amount, residual: amount }),
  holders: z.array(z.object({ name: z.string(), closed: z.string(), lost: amount })),
  money: z.array(
    z.object({ kind: z.string(), name: z.string(), before: amount, after: amount, change: amount }),
  ),
  sum: amount,
});
export type Demo = z.output<typeof demoSchema>;

export const DEMO_FILE = "docs/learn/demo.json";

/** The recorded run. */
export function recordedDemo(): Demo {
  return demoSchema.parse(JSON.parse(readFileSync(new URL(`../../${DEMO_FILE}`, import.meta.url), "utf8")));
}

/** What the documents repeat of the demo's `--json`. */
export function demoOf(json: unknown): Demo {
  const party = z.object({
    path: z.string(),
    account: z.string().optional(),
    outcome: z.string().optional(),
  });
  const holders = z.array(z.object({ name: z.string(), closed: z.string(), lost: amount }));
  const { liquidation } = z
    .object({
      liquidation: z.object({
        paths: z.array(party.extend({ holders: holders.optional() })),
        waterfall: demoSchema.shape.waterfall,
        money: z.object({ rows: demoSchema.shape.money, sum: amount }),
      }),
    })
    .parse(json);
  const { paths, waterfall, money } = liquidation;
  return demoSchema.parse({
    paths: paths.filter(({ account, outcome }) => account !== undefined && outcome !== undefined),
    waterfall,
    holders: paths.flatMap((path) => path.holders ?? []),
    money: money.rows.filter(({ change }) => Number(change) !== 0),
    sum: money.sum,
  });
}

/** An amount with thousands marked, to the cent. */
export function usd(text: string): string {
  return Number(text).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}
