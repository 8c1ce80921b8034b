import {
  claimExit,
  type ExitStep,
  fixExit,
  giveSignOfLife,
  readExitMarks,
  resumeByRun,
  stopSilentVenue,
  takeExit,
} from "../../actions/exit/exit.ts";
import { anchorByInclusion } from "../../actions/node/anchor-in-run.ts";
import { type ExitView, readExit, readExitClaim } from "../../chain/exit/read-exit.ts";
import { timeText } from "../../display.ts";
import { accountHex, accountText } from "../../liquidation/account.ts";
import { formatField } from "../../math/field.ts";
import { accountIdOf } from "../../portfolio/format.ts";
import { loadInclusion } from "../../portfolio/inclusion-file.ts";
import { loadSnapshot } from "../../risk/snapshot-file.ts";
import { group } from "../command.ts";
import { backend, snapshot, validFor } from "../flags.ts";
import { needed, option, saying } from "../input.ts";
import { accountId, onlyAccount } from "../liquidation/flags.ts";
import { readingCommand, sendingCommand } from "../liquidation/kinds.ts";
import { provingCommand } from "../liquidation/proving-command.ts";
import { addressOf, runIdOf } from "../options.ts";
import { named } from "../summaries.ts";

const PAYS = "who pays";
const exitSnapshot = saying(snapshot, "the exit's snapshot: ballast exit status has its id");

const status = readingCommand({
  name: "status",
  summary: "until when the venue counts as there, and how far its exit is",
  flags: { account: option("--account <account>", "what this account claims", accountIdOf) },
  examples: ["ballast exit status --account desk"],
  async act({ reader, system }, { account }) {
    const exit = await readExit(reader, system);
    const claim = account === undefined ? undefined : await readExitClaim(reader, system, account);
    const lines = [...exitLines(exit)];
    if (account !== undefined)
      lines.push(
        claim === undefined
          ? `${accountText(account)} claims nothing`
          : `${accountText(account)} claims ${claim.equity} micro-USD for ${claim.to}${claim.isAnchored ? "" : ", not of what the funds paid in"}`,
      );
    const result = { ...exitResult(exit), ...(account === undefined ? {} : { claim: claim ?? null }) };
    return { result, text: lines.join("\n") };
  },
});

const heartbeat = sendingCommand({
  name: "heartbeat",
  summary: "as the venue: say that it is there",
  who: "the venue's key",
  notes: "A closed solvency run is a sign of life too, of its snapshot's time.",
  examples: ["ballast exit heartbeat --private-key-file venue.key"],
  act: async (session) => told(await giveSignOfLife(session)),
});

const stop = sendingCommand({
  name: "stop",
  summary: "stop a venue that gave no sign of life for too long; anyone may",
  who: PAYS,
  notes: `
The venue's withdrawals end, those that wait too, and it registers, updates, trades and names owners no more. No case opens; those
that are open end by themselves. Then fix the exit's snapshot: ballast exit fix.`,
  examples: ["ballast exit stop"],
  act: async (session) => told(await stopSilentVenue(session)),
});

const resume = sendingCommand({
  name: "resume",
  summary: "end a stop by a closed run of after it; anyone may, until the first claim",
  who: PAYS,
  arguments: { run: needed("<run>", "the closed run's id", runIdOf) },
  examples: ["ballast exit resume 0x…"],
  act: async (session, { run }) => told(await resumeByRun(session, run)),
});

const fix = sendingCommand({
  name: "fix",
  summary: "fix the one snapshot by which accounts leave; anyone may",
  who: PAYS,
  notes: `
It is the first snapshot of after the stop that became the newest; days later without one, the last of before. From then on owners
claim: ballast exit claim.`,
  examples: ["ballast exit fix"],
  act: async (session) => told(await fixExit(session)),
});

const marks = sendingCommand({
  name: "marks",
  summary: "have the chain read what collateral is worth from the exit's snapshot; anyone may, once",
  who: PAYS,
  flags: { snapshot: exitSnapshot },
  examples: ["ballast exit marks --snapshot exit.json"],
  async act(session, { snapshot: path }) {
    const loaded = await session.progress.step("checking the snapshot", () => loadSnapshot(path));
    return told(await readExitMarks(session, loaded));
  },
});

const anchor = sendingCommand({
  name: "anchor",
  summary: "as a customer: show by your own proof of inclusion that a closed run counted your account",
  who: PAYS,
  flags: {
    inclusion: needed("--inclusion <file>", "the proof that the venue gave out: ballast inclusion check"),
    run: needed("--run <id>", "the closed run over whose accounts it is", runIdOf),
    backend,
    validFor: validFor("how long the proof holds", "3000"),
  },
  notes:
    "An account that no run of before the stop is known to have counted has no claim. No file of the venue's is needed.",
  examples: ["ballast exit anchor --inclusion inclusion.json --run 0x…"],
  async act(session, { inclusion, run: runId, ...options }) {
    const proof = loadInclusion(inclusion);
    const { receipt } = await anchorByInclusion(session, { proof, runId, ...options });
    const text = `account ${accountText(proof.accountId)} is anchored by run ${runId}`;
    return { result: { accountId: accountHex(proof.accountId), runId }, receipt, text };
  },
});

const claim = provingCommand({
  name: "claim",
  summary: "as a customer: claim what an account is worth in the exit's snapshot, by a proof",
  who: "the account's owner",
  flags: {
    account: needed("--account <file>", "the account as the ledger has it"),
    to: needed("--to <address>", "who is paid", addressOf),
  },
  notes: `
Once, for good: the account never moves again. Its equity becomes public. A closed run of before the stop must have counted the
account (ballast exit anchor); where it counted the present portfolio, the claim shares in what the funds paid in.
--snapshot is the exit's, of whatever age. Once claims are over: ballast exit take.`,
  examples: ["ballast exit claim --account desk.json --to ADDRESS --snapshot exit.json"],
  needs: ["equity"],
  ofAnyAge: true,
  load: ({ account }, loaded) => onlyAccount(account, loaded),
  async act(desk, { account, to }) {
    const { equity, exit, receipt } = await claimExit(desk, account, to);
    const { accountId } = account;
    const text = `${accountText(accountId)} claims ${equity} micro-USD for ${to}: ballast exit take, after ${timeText(exit.claimsUntil)}`;
    return { result: { accountId: accountHex(accountId), equity, to, ...exitResult(exit) }, receipt, text };
  },
});

const take = sendingCommand({
  name: "take",
  summary: "have an account paid its part of every asset, once claims are over; anyone may",
  who: PAYS,
  arguments: { accountId },
  examples: ["ballast exit take desk"],
  async act(session, { accountId }) {
    const { parts, receipts } = await takeExit(session, accountId);
    const got = parts.map(({ instrumentId, lots }) => `${lots} lots of asset ${instrumentId}`).join(", ");
    const text = `${accountText(accountId)} got ${got}`;
    const [receipt] = receipts;
    return {
      result: { accountId: accountHex(accountId), parts },
      ...(receipt === undefined ? {} : { receipt }),
      text,
    };
  },
});

const HELP = `
A venue that closes no run and gives no sign of life can be stopped by anyone. Then, in this order: fix, marks (anyone); anchor, claim (owners);
take. What each gets is in docs/protocol/exit.md.`;

/** `ballast exit`: how customers leave a venue that has stopped. */
export const exit = group({
  ...named("exit"),
  notes: HELP,
  commands: [status, heartbeat, stop, resume, fix, marks, anchor, claim, take],
});

function told({ exit, receipt }: ExitStep) {
  return { result: exitResult(exit), receipt, text: exitLines(exit).join("\n") };
}

function exitResult({ snapshotId, ...exit }: ExitView) {
  return { ...exit, snapshotId: snapshotId === undefined ? null : formatField(snapshotId) };
}

function exitLines(exit: ExitView): string[] {
  if (exit.phase === "running")
    return [
      `the venue is there; without a further sign of life it can be stopped after ${timeText(exit.aliveUntil)}`,
    ];
  const stopped = `the venue stopped at ${timeText(exit.stoppedAt)}`;
  if (exit.snapshotId === undefined) return [stopped, "no snapshot is fixed yet: ballast exit fix"];
  const marked = exit.hasMarks ? [] : ["what collateral is worth wasn't read yet: ballast exit marks"];
  const until = timeText(exit.claimsUntil);
  const claims =
    exit.phase === "claiming" ? `accounts claim until ${until}` : `claims are over since ${until}`;
  return [
    stopped,
    `the exit goes by snapshot ${formatField(exit.snapshotId)}`,
    `${claims}: ${exit.claimed} micro-USD, ${exit.anchored} of them of portfolios that a run counted`,
    ...marked,
  ];
}
