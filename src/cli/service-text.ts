import { shortHex, timeText } from "../display.ts";
import { formatField, parseField } from "../math/field.ts";
import type { ServiceEvent } from "../service/events.ts";
import type { StatusJson } from "../service/status-file.ts";
import { table, tierText } from "./format.ts";

/** Columns of a terminal that a line keeps to, and those before its text. */
const WIDTH = 80;
const MARGIN = 19;

/** One event of a service's log: a line, or several where it doesn't fit. Long hex is shortened; what stands in backticks stays whole. */
export function eventText({ role, level, message, facts = {} }: ServiceEvent, at: Date): string {
  const more = Object.entries(facts).map(([key, value]) => `${key}=${value}`);
  const words = [...(message.match(/`[^`]*`\S*|\S+/g) ?? []), ...more];
  const lines = [""];
  for (const word of words.map((one) => one.replace(/0x[0-9a-f]{20,}/gi, shortHex))) {
    const last = lines.length - 1;
    const longer = lines[last] === "" ? word : `${lines[last]} ${word}`;
    if (longer.length <= WIDTH - MARGIN || lines[last] === "") lines[last] = longer;
    else lines.push(word);
  }
  const head = `${at.toISOString().slice(11, 19)} ${level === "warning" ? "!" : " "} ${role.padEnd(7)} `;
  return `${head}${lines.join(`\n${" ".repeat(MARGIN)}`)}\n`;
}

/** The same for a program: one object a line. */
export function eventJson(event: ServiceEvent, at: Date): string {
  return `${JSON.stringify({ at: at.toISOString(), ...event })}\n`;
}

/** How a service is doing, for people. */
export function statusText(status: StatusJson, color: boolean): string {
  const { accounts, tiers, fresh, snapshot, jobs, proofs, leaders, processes, dead } = status;
  const counts = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .map(([name, count]) => `${count} ${name}`)
      .join(", ");
  return [
    `${accounts} accounts, ${fresh} of them with an attestation of their newest commitment that counts`,
    table(
      ["tier", "accounts"],
      tiers.map((count, tier) => [tierText(tier, color), String(count)]),
    ),
    `snapshot: ${snapshot === null ? "none yet" : `${shortHex(formatField(parseField(snapshot.id)))}, ${timeText(BigInt(snapshot.time))}`}`,
    `jobs: ${counts(jobs)}`,
    `proofs: ${counts(proofs)}`,
    `oldest unproven commitment: ${status.oldestUnproven === null ? "none" : `since ${timeText(BigInt(status.oldestUnproven) / 1_000n)}`}`,
    `spent in 24 hours: ${ether(BigInt(status.spentToday))} ether`,
    ...leaders.map(({ role, owner }) => `${role} is led by ${owner}`),
    ...processes.map(
      ({ name, roles, silent }) => `${name}: ${roles}${silent > 10 ? `, silent for ${silent} s` : ""}`,
    ),
    ...dead.map(({ job, failure }) => `dead: ${job.slice(0, 12)}: ${failure}`),
  ].join("\n");
}

function ether(wei: bigint): string {
  const micro = wei / 10n ** 12n;
  return `${micro / 1_000_000n}.${(micro % 1_000_000n).toString().padStart(6, "0")}`;
}
