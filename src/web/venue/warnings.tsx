import type { VenueRead } from "../source/read.ts";
import { age, moment } from "../text.ts";

/** A node whose newest block is this far from the reader's clock, in seconds, is behind, or shows an old chain. */
const DRIFT = 600n;

/** What makes all below worth less, first. */
export function Warnings({ read }: { readonly read: VenueRead }) {
  const found = warningsOf(read);
  if (found.length === 0) return null;
  return (
    <ul class="warnings">
      {found.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

function warningsOf({ attested, isLocal, disagreements = [], now, blockTime }: VenueRead): string[] {
  const found: string[] = [];
  if (disagreements.length > 0)
    found.push(`One of the two nodes lies, or is behind. They differ in ${disagreements.join(", ")}.`);
  const behind = now - blockTime;
  if (behind > DRIFT)
    found.push(
      `The node's newest block is of ${moment(blockTime)}, ${age(behind)} ago by your clock: it is behind, or shows an old chain.`,
    );
  if (behind < -DRIFT)
    found.push(`The node's newest block is of ${moment(blockTime)}, in your clock's future.`);
  if (attested?.devKeys === true)
    found.push(
      "Development keys: whoever made them can forge any run. This proves nothing about a real venue.",
    );
  if (isLocal) found.push("A local chain: whoever runs it decides what it says.");
  for (const { asset, unitsPerLot, expected, ok } of attested?.lots ?? [])
    if (!ok)
      found.push(
        `${asset}: the vault counts ${unitsPerLot} units a lot; by the snapshot it is ${expected ?? "no whole number"}.`,
      );
  return found;
}
