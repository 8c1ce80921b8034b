import { BallastError } from "../errors.ts";
import type { OnEvent, ServiceEvent } from "./events.ts";
import { isGone } from "./store/database.ts";

/** Milliseconds between two looks of a loop that has nothing to do. */
export const LOOK = 500;

/** @returns false where a database or a node was away. @throws what is anything else. */
export async function attempted(
  onEvent: OnEvent,
  role: ServiceEvent["role"],
  work: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof BallastError) || !(isGone(error) || error.code === "CHAIN_ERROR")) throw error;
    onEvent({ role, level: "warning", message: `${error.code}: ${error.shortMessage} Trying again.` });
    return false;
  }
}
