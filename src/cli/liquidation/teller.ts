import { eventText } from "../../actions/liquidation/event-text.ts";
import type { FollowListener, Look, TimedEvent } from "../../actions/liquidation/follow.ts";
import { casesJson, eventJson } from "../../actions/liquidation/json.ts";
import { timeText } from "../../display.ts";
import type { BallastError } from "../../errors.ts";
import { accountText } from "../../liquidation/account.ts";
import { foreign } from "../foreign.ts";
import type { Io } from "../io.ts";
import { caseTable } from "./case-table.ts";

/** Prints what is new; on a terminal the table is redrawn below the lines. */
export class Teller implements FollowListener {
  readonly #io: Io;
  readonly #json: boolean;
  readonly #once: boolean;
  /** Lines of the table that is on the screen. */
  #drawn = 0;
  #isLost = false;

  /** @param once whether there is one look only: its open cases are told in any case. */
  constructor(io: Io, json: boolean, once: boolean) {
    this.#io = io;
    this.#json = json;
    this.#once = once;
  }

  tell(look: Look): void {
    if (this.#isLost) this.#node(true, "the node answers again");
    this.#isLost = false;
    if (this.#json) {
      for (const event of look.events) this.#line({ type: "event", ...eventJson(event) });
      if (this.#once || look.events.length > 0) this.#line(casesJson(look));
      return;
    }
    this.#erase();
    for (const event of look.events) this.#io.out(`${lineOf(event)}\n`);
    if (this.#once || this.#io.screen === true) this.#draw(caseTable(look.cases, look.time));
  }

  /** Says once that the node doesn't answer. */
  lost({ shortMessage }: BallastError): void {
    if (this.#isLost) return;
    this.#isLost = true;
    this.#node(false, `the node does not answer, asking again: ${foreign(shortMessage)}`);
  }

  #node(answers: boolean, message: string): void {
    if (this.#json) this.#line({ type: "node", answers, message });
    else this.#io.err(`ballast: ${message}\n`);
  }

  #draw(text: string): void {
    this.#io.out(`${text}\n`);
    if (this.#io.screen === true && !this.#once) this.#drawn = text.split("\n").length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#io.out(`\u001b[${this.#drawn}A\u001b[0J`);
    this.#drawn = 0;
  }

  #line(value: object): void {
    const text = JSON.stringify(value, (_, entry) => (typeof entry === "bigint" ? entry.toString() : entry));
    this.#io.out(`${text}\n`);
  }
}

function lineOf(event: TimedEvent): string {
  const { time, caseId, accountId } = event;
  const subject = [
    ...(caseId === undefined ? [] : [`case ${caseId}`]),
    ...(accountId === undefined ? [] : [accountText(accountId)]),
  ].join(" ");
  return [timeText(time), subject.padEnd(25), eventText(event)].join("  ");
}
