import {
  type BondStep,
  type CaseStep,
  challenge,
  endChallenge,
  openAttestedCase,
  stepBond,
  stepCase,
} from "../../../actions/liquidation/anyone.ts";
import { endOfServed } from "../../../chain/coverage/clock.ts";
import { readMoment } from "../../../chain/liquidation/read-case.ts";
import { timeText } from "../../../display.ts";
import { accountHex, accountText } from "../../../liquidation/account.ts";
import { needed, option } from "../../input.ts";
import { accountId, caseId } from "../../liquidation/flags.ts";
import { sendingCommand } from "../../liquidation/kinds.ts";
import { addressOf, oneOf } from "../../options.ts";

const PAYS = "who pays";
/** Where a challenge waits, among an account's. */
const place = oneOf("challenge", ["0", "1", "2", "3"]);

interface Step<Name> {
  readonly name: Name;
  readonly summary: string;
  readonly help: string;
  readonly done: string;
}

/** What anyone may do to a case: no proof is needed, the chain knows it all. */
const STEPS: readonly Step<CaseStep>[] = [
  {
    name: "escalate",
    summary: "move a case on from its soft window",
    help: "Once the window is over without the account being attested healthy, or at once in tier 3 or 4.",
    done: "moved on",
  },
  {
    name: "cure",
    summary: "close a case whose account is attested healthy",
    help: "The account's present portfolio needs a current attestation of tier 0 or 1: ballast liquidate attest.",
    done: "is cured",
  },
  {
    name: "pass-over",
    summary: "book that leaders let their time to settle pass: their bonds go to the insurance fund",
    help: "The next one's turn begins by time alone; this only books what happened.",
    done: "was booked: who led let its time pass",
  },
  {
    name: "lapse",
    summary: "close a case whose sealed phase failed and whose equity nobody showed in time",
    help: "The account is free again: nobody loses a portfolio without a proof of what it is worth.",
    done: "lapsed",
  },
  {
    name: "record-move",
    summary: "record how far prices moved since a buyer's purchase",
    help: "It counts when the hold-back is divided, even if the oracle has forgotten it by then.",
    done: "has a larger move recorded",
  },
  {
    name: "release-hold",
    summary: "divide what was held back of a buyer's discount, once its time has come",
    help: "The more the market moved meanwhile, the more goes to the Gamma Reserve. The buyer's part is a credit.",
    done: "has its hold-back divided",
  },
  {
    name: "abandon",
    summary: "close a case that the clearing house has not taken over in time",
    help: "The account is free again, and bonds are given back.",
    done: "is abandoned: its account is free",
  },
];

/** What anyone may do to a bidder's bond. */
const BONDS: readonly Step<BondStep>[] = [
  {
    name: "sweep",
    summary: "send the bond of a bid that was not revealed in time to the insurance fund",
    help: "From the end of revealing.",
    done: "went to the insurance fund",
  },
  {
    name: "reclaim",
    summary: "credit a bidder its bond, once it can serve no more",
    help: "It is paid out with ballast liquidate withdraw-credit auction.",
    done: "is credited",
  },
];

const open = sendingCommand({
  name: "open",
  summary: "open a case: the account is attested in tier 2, 3 or 4",
  who: PAYS,
  arguments: { accountId },
  notes: `
Anyone may. The account's present portfolio needs a current attestation (ballast liquidate attest); one that has none
can be challenged (ballast liquidate challenge). From here on the account changes by the case alone.`,
  examples: ["ballast liquidate open desk"],
  async act(session, { accountId }) {
    const { case: opened, receipt } = await openAttestedCase(session, accountId);
    const { caseId, status, tier } = opened;
    const text = `case ${caseId} of account ${accountText(accountId)} is open: ${status}, tier ${tier}`;
    return { result: { caseId, accountId: accountHex(accountId), status, tier }, receipt, text };
  },
});

const challengeCommand = sendingCommand({
  name: "challenge",
  summary: "challenge an account without a current attestation",
  who: "who posts the bond",
  arguments: { accountId },
  notes: `
Anyone may, with the bond, which comes from your credit first and is approved here. The account attests in time by prices
no older than the newest ones now, and the bond is forfeit, a tenth of it to whoever settles the challenge; or it doesn't, and a
case opens, the bond comes back and a part of what the case brings is yours. Settle it then: ballast liquidate settle-challenge.
An account that has just changed has some time to attest unasked. Only time in which snapshots come in counts.`,
  examples: ["ballast liquidate challenge desk"],
  async act(session, { accountId }) {
    const { index, askedTime, deadline, receipt } = await challenge(session, accountId);
    const now = await readMoment(session.client, session.system);
    const until = timeText(endOfServed(now, deadline));
    const text = `account ${accountText(accountId)} is challenged: it attests by prices of ${timeText(askedTime)} or later, until ${until} if snapshots go on coming`;
    return { result: { accountId: accountHex(accountId), index, askedTime, deadline }, receipt, text };
  },
});

const settleChallenge = sendingCommand({
  name: "settle-challenge",
  summary: "end a challenge: by an attestation, or by the account's silence",
  who: PAYS,
  arguments: { accountId },
  flags: {
    index: option(
      "--index <n>",
      "which of the account's challenges (default: the first that can be settled)",
      place,
    ),
  },
  notes: "Anyone may: at once when the account is attested, else when its time is over.",
  examples: ["ballast liquidate settle-challenge desk"],
  async act(session, { accountId, index }) {
    const { caseId, receipt } = await endChallenge(
      session,
      accountId,
      index === undefined ? undefined : Number(index),
    );
    const outcome = caseId === undefined ? "is over, without a case" : `opened case ${caseId}`;
    const text = `the challenge of ${accountText(accountId)} ${outcome}`;
    return { result: { accountId: accountHex(accountId), caseId: caseId ?? null }, receipt, text };
  },
});

const steps = STEPS.map(({ name, summary, help, done }) =>
  sendingCommand({
    name,
    summary,
    who: PAYS,
    arguments: { caseId },
    notes: `Anyone may. ${help}`,
    examples: [`ballast liquidate ${name} 3`],
    async act(session, { caseId }) {
      const stepped = await stepCase(session, name, caseId);
      const { status, outcome, version } = stepped.case;
      const text = `case ${caseId} ${done}; it is ${status} now${status === "closed" ? `: ${outcome}` : ""}`;
      return { result: { caseId, status, outcome, version }, receipt: stepped.receipt, text };
    },
  }),
);

const bonds = BONDS.map(({ name, summary, help, done }) =>
  sendingCommand({
    name,
    summary,
    who: PAYS,
    arguments: { caseId },
    flags: { bidder: needed("--bidder <address>", "whose bond", addressOf) },
    notes: `Anyone may. ${help}`,
    examples: [`ballast liquidate ${name} 3 --bidder ADDRESS`],
    async act(session, { caseId, bidder }) {
      const receipt = await stepBond(session, name, caseId, bidder);
      return { result: { caseId, bidder }, receipt, text: `the bond of ${bidder} ${done}` };
    },
  }),
);

export const anyone = [open, challengeCommand, settleChallenge, ...steps, ...bonds];
