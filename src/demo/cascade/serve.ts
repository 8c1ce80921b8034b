import { readClock } from "../../chain/coverage/clock.ts";
import { moveTo, now } from "./clock.ts";
import { CASCADE_PARAMETERS } from "./parameters.ts";
import type { World } from "./world.ts";

/** Seconds in which a regular snapshot can be published: signatures lapse a quarter of an hour after its time. */
const LATE = 600n;

/**
 * Lets time pass until so many seconds were served. Where the newest snapshot serves no more, the same market is published again, as of then: in life
 * the oracles do that every few minutes.
 */
export async function serveUntil(world: World, served: bigint): Promise<void> {
  const { people, system } = world.stage;
  const { owner } = people;
  for (;;) {
    const clock = await readClock(owner, system.clock);
    if (clock.served >= served) return;
    const serving = clock.servesUntil - clock.time;
    if (serving <= 0n) await world.publishAgain(await nextTime(world));
    else {
      const lacking = served - clock.served;
      await moveTo(owner, clock.time + (serving < lacking ? serving : lacking));
    }
  }
}

/** Regular times, so that the minutes which proofs take change no price; where a machine took longer, the time by now. */
async function nextTime({ stage, snapshot }: World): Promise<bigint> {
  const regular = snapshot.time + CASCADE_PARAMETERS.clock.serveGap;
  const time = await now(stage.people.owner);
  return regular <= time && time < regular + LATE ? regular : time;
}
