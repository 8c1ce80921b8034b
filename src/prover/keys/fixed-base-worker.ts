import { parentPort } from "node:worker_threads";
import { type CurveCode, FixedBase, type GroupName } from "./fixed-base.ts";

/** Requests of the multiplication worker, answered in order: first the curve, then jobs. */
export type FixedBaseRequest =
  | { readonly curve: CurveCode }
  | { readonly group: GroupName; readonly scalars: Uint8Array };

const port = parentPort;
let base: Promise<FixedBase> | undefined;

port?.on("message", async (request: FixedBaseRequest) => {
  if ("curve" in request) {
    base = FixedBase.create(request.curve);
    return;
  }
  if (base === undefined) throw new Error("the curve comes first");
  const points = (await base).multiply(request.group, request.scalars);
  request.scalars.fill(0);
  port.postMessage(points, [points.buffer as ArrayBuffer]);
});
