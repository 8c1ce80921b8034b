import {
  type BondStep,
  type CaseStep,
  challenge,
  endChallenge,
  openAttestedCase,
  stepBond,
  stepCase,
} from "../../../actions/liquidation/anyone.ts";
import { timeText } from "../../../display.ts";
import { accountHex, accountText } from "../../../liquidation/account.ts";
import { needed } from "../../input.ts";
import { accountId, caseId } from "../../liquidation/flags.ts";
import { sendingCommand } from "../../liquidation/kinds.ts";
import { addressOf } from "../../options.ts";

const PAYS = "who pays";

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
    summary: "book that leaders let their time to settle pass: their bonds go to the pot",
    help: "The next one's turn begins by time alone; this only books what happened.",
    done: "was booked: who led let its time pass",
  },
  {
    name: "lapse",
    summary: "send a case to the clearing house that nobody put on sale, or bought, in time",
    help: "After the time to start a sale, or after the sale. A case in which nobody ever proved a breach is abandoned instead.",
    done: "found no buyer",
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
Anyone may, with the bond, which is approved here. The account attests in time, and the bond is forfeit, a
tenth of it to whoever settles the challenge; or it doesn't, and a case opens and the bond comes back. Settle it then: ballast liquidate settle-challenge.`,
  examples: ["ballast liquidate challenge desk"],
  async act(session, { accountId }) {
    const { deadline, receipt } = await challenge(session, accountId);
    const text = `account ${accountText(accountId)} is challenged: it attests until ${timeText(deadline)}`;
    return { result: { accountId: accountHex(accountId), deadline }, receipt, text };
  },
});

const settleChallenge = sendingCommand({
  name: "settle-challenge",
  summary: "end a challenge: by an attestation, or by the account's silence",
  who: PAYS,
  arguments: { accountId },
  notes: "Anyone may: at once when the account is attested, else when its time is over.",
  examples: ["ballast liquidate settle-challenge desk"],
  async act(session, { accountId }) {
    const { caseId, receipt } = await endChallenge(session, accountId);
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
