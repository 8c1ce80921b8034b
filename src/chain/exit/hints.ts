/** What a user can do about the custom errors of the exit desk. */
export const EXIT_HINTS: Readonly<Record<string, string>> = {
  AccountInCase:
    "The account's case ends first, by itself: `ballast liquidate abandon` once its time is over.",
  AccountLeft: "The account has claimed what it is worth: its portfolio stays as it is.",
  AlreadyClaimed: "The account has claimed already: take its part once claims are over.",
  ClaimsOver: "The time for claims is over, and nothing comes in any more.",
  ClaimsRun: "Accounts still claim: `ballast exit status` says until when.",
  MalformedRow: "Give the rows of the exit's snapshot as they were published.",
  MarksMissing: "Have the snapshot's rows read first: `ballast exit marks`.",
  NoExitSnapshot: "Fix the exit's snapshot first: `ballast exit fix`.",
  NotCounted: "No closed run of before the stop is known to have counted the account: `ballast exit anchor`.",
  NotOwner: "Send it from the account's owner on chain; an owner on chain is what it takes.",
  NotStopped: "The venue hasn't stopped: `ballast exit status`.",
  NotTheExitSnapshot:
    "The exit goes by the first sound snapshot of after the stop: `ballast exit fix` finds it; prove in that one.",
  NothingToClaim: "The account is worth nothing in the exit's snapshot: it has no claim.",
  NothingToTake: "Nothing of the asset is the account's, or it was taken already.",
  OnlyExitDesk: "Take by the exit desk: `ballast exit take`.",
  RowsMismatch: "Give the exit's snapshot: `ballast exit status` has its id.",
  SnapshotIsFixed: "The exit's snapshot is fixed already: claim in it.",
  VenueAlive: "The venue gave a sign of life: `ballast exit status` says from when on it can be stopped.",
  VenueIsBack: "A closed run shows that the venue is back: `ballast exit resume`.",
  VenueLeft: "Accounts have claimed: the venue stays stopped, for good.",
  VenueStopped: "The venue has stopped: its customers leave by `ballast exit`.",
  WaitsForPrices:
    "Wait for the next snapshot, or until the last one of before counts: `ballast exit status`.",
  WrongRows: "Read whole rows, from the first one on.",
};
