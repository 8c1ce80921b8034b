import { kindOfCommand } from "../kind.ts";
import { reading, sending } from "./flags.ts";
import { openReader, openSession } from "./session.ts";

/** A command that reads a venue's liquidation. */
export const readingCommand = kindOfCommand(() => reading, openReader);

/** A command that sends something to it, and proves nothing. */
export const sendingCommand = kindOfCommand(sending, openSession);
