import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { saveSnapshot } from "../../../src/risk/snapshot-file.ts";
import { marketAt, START } from "../../chain/liquidation/stage.ts";
import { cli, expectRefusal, type Folder, portfolio, temporaryFolder } from "../harness.ts";

const ADDRESS = `0x${"1".repeat(40)}`;
const ADDRESS_TEXT = /0x and 40 hex digits/;
/** Nobody listens there: what is said before it is asked is about files and options alone. */
const NODE = "http://127.0.0.1:9";

let folder: Folder;
let full: string;
let files: Readonly<Record<"bare" | "account" | "house" | "snapshot" | "key", string>>;

beforeAll(() => {
  folder = temporaryFolder();
  const base = {
    format: "ballast.deployment/2",
    ...{ chainId: 31_337, block: 0, deployer: ADDRESS, verifierRegistry: ADDRESS, snapshotOracle: ADDRESS },
    ...{ tablePointBuilder: ADDRESS, coverageRegistry: ADDRESS, maxAge: 3_600, requireProven: false },
    verifiers: [],
  };
  full = folder.writeJson("full.json", {
    ...base,
    solvency: { venue: ADDRESS, registry: ADDRESS, vault: ADDRESS, clearingHouse: ADDRESS },
    liquidation: {
      ...{
        clock: ADDRESS,
        challenges: ADDRESS,
        sale: ADDRESS,
        desk: ADDRESS,
        anchors: ADDRESS,
        exits: ADDRESS,
      },
      ...{ ledger: ADDRESS, engine: ADDRESS, auction: ADDRESS, clearingHouse: ADDRESS, owner: ADDRESS },
      ...{ guardian: ADDRESS, operator: ADDRESS, settlementId: 1, microsPerLot: "10000" },
      houseAccount: `0x${"0".repeat(61)}384`,
    },
  });
  const snapshot = folder.file("snapshot.json");
  saveSnapshot(snapshot, marketAt(START));
  files = {
    bare: folder.writeJson("bare.json", base),
    account: folder.writeJson("account.json", { ...portfolio("desk", { USDC: "1" }), salt: "0x7" }),
    house: folder.writeJson("house.json", { ...portfolio("0x384", {}), salt: "0x8" }),
    snapshot,
    key: folder.write("a.key", `0x${"2".repeat(64)}\n`),
  };
});
afterAll(() => folder.remove());

const on = (deployment = full) => ["--deployment", deployment, "--rpc", NODE];
const as = () => [...on(), "--private-key-file", files.key];
const proving = () => ["--snapshot", files.snapshot, "--circuit", "4x8"];
const input = (says: RegExp, code = "INVALID_INPUT") => ({ exit: 2, code, says });
const out = () => ["-o", folder.file("out.json")];

describe("ballast liquidate refuses", () => {
  it("a deployment without a liquidation, in every form of command", async () => {
    const says = input(/has no liquidation[\s\S]*--liquidation/);
    const key = ["--private-key-file", files.key];
    for (const argv of [
      ["show", "1"],
      ["open", "desk", ...key],
      ["attest", "--account", files.account, ...proving(), ...key],
      ["register", "--house", ...out(), ...key],
      ["fund", "show"],
    ])
      await expectRefusal(folder.path, ["liquidate", ...argv, ...on(files.bare)], says);
    await expectRefusal(folder.path, ["watch", "--once", ...on(files.bare)], says);
  });

  it("a node that isn't there", async () => {
    const refusal = { exit: 3, code: "CHAIN_ERROR", says: /connecting to the node[\s\S]*RPC URL/ };
    await expectRefusal(folder.path, ["liquidate", "show", "1", ...on()], refusal);
    await expectRefusal(folder.path, ["watch", ...on()], refusal);
  });

  it.each(["escalate", "cure", "pass-over", "lapse", "release-hold", "abandon"])(
    "%s without a case's number",
    async (name) => {
      await expectRefusal(
        folder.path,
        ["liquidate", name, "desk", ...as()],
        input(/by its number[\s\S]*watch/),
      );
      await expectRefusal(folder.path, ["liquidate", name, "0", ...as()], input(/by its number/));
    },
  );

  it("addresses that are none", async () => {
    for (const argv of [
      ["sweep", "1", "--bidder", "0x1"],
      ["reclaim", "1", "--bidder", "bob"],
      ["credits", "0x12"],
      ["fund", "show", "--account", "x"],
      ["list-liquidator", "x"],
      ["set-owner", "desk", "--owner", "x"],
      ["register", "--account", files.account, "--snapshot", files.snapshot, "--owner", "x"],
      ["disclose", "1", "--account", files.account, "--to", "x", "--snapshot", files.snapshot],
    ]) {
      const signs = ["credits", "fund"].includes(argv[0] ?? "") ? on() : as();
      await expectRefusal(folder.path, ["liquidate", ...argv, ...signs], input(ADDRESS_TEXT));
    }
  });

  it("amounts that are none", async () => {
    const account = ["--account", files.account];
    for (const [argv, says] of [
      [["fund", "deposit", "gamma", "--amount", "1.5"], /--amount takes a whole number/],
      [["fund", "request", "gamma", "--shares", "-1"], /--shares takes a whole number/],
      [["fund", "withdraw", "x"], /request's number takes a whole number/],
      [["lock", "desk", "--for", "0"], /--for takes a whole number/],
      [
        ["bid", "1", "--cash", "1.5", "--bid-file", folder.file("x.bid")],
        /--cash takes a whole number of lots/,
      ],
      [["bid", "1", "--cash", "-5", "--bid-file", folder.file("x.bid")], /--cash can't be negative/],
      [
        ["deposit-cure", "1", ...account, "--lots", "0", ...out(), ...proving()],
        /--lots takes a whole number/,
      ],
      [["attest", ...account, "--valid-for", "0", ...proving()], /--valid-for takes a whole number/],
    ] as const)
      await expectRefusal(folder.path, ["liquidate", ...argv, ...as()], input(says));
  });

  it("a pool and a holder of credits that don't exist", async () => {
    const pool = input(/Allowed choices are insurance, gamma/i);
    const argv = ["liquidate", "fund", "deposit", "delta", "--amount", "1", ...as(), "--json"];
    const done = await cli(...argv);
    expect({ code: done.code, err: done.err }).toEqual({ code: pool.exit, err: "" });
    expect(JSON.parse(done.out).error).toMatchObject({ code: pool.code });
    expect(done.out).toMatch(pool.says);
  });

  it("account files that are none, wherever one is read", async () => {
    const broken = folder.write("broken.json", '{"account":"desk","positions":[{"instru');
    const saltless = folder.writeJson("saltless.json", portfolio("desk", { USDC: "1" }));
    const gone = folder.file("gone.json");
    const legs = [
      "--legs",
      "USDC=1",
      "--account-output",
      folder.file("a"),
      "--taker-output",
      folder.file("b"),
    ];
    const two = (file: string) => [
      ["--account", file, "--taker", files.account],
      ["--account", files.account, "--taker", file],
    ];
    const commands = (file: string) => [
      ["attest", "--account", file],
      ["deposit-cure", "1", "--account", file, "--lots", "1", ...out()],
      ["show-equity", "1", "--account", file],
      ...two(file).map((pair) => ["trade", ...pair, ...legs]),
      ...two(file).map((pair) => ["reduce", "1", ...pair, ...legs]),
      ...two(file).map((pair) => ["cure-by-trade", "1", ...pair, ...legs]),
      ...two(file).map((pair) => ["buy", "1", ...pair, "--max", "5", ...out()]),
      ["take-over", "1", "--account", file, "--house", files.house, ...out()],
      ["take-over", "1", "--account", files.account, "--house", file, ...out()],
      ["absorb", "--house", file, ...out()],
      ["clear", "--house", file],
      ["release", "--house", file, "--lots", "1", ...out()],
      ["deleverage", "--house", files.house, "--holders", file, ...out()],
    ];
    for (const [file, refusal] of [
      [gone, { exit: 3, code: "FILE_ERROR", says: /account .*gone\.json can't be read[\s\S]*path/ }],
      [broken, input(/broken\.json is not JSON[\s\S]*cut off/)],
      [saltless, input(/saltless\.json has no salt[\s\S]*last changed/, "INVALID_PORTFOLIO")],
    ] as const)
      for (const argv of commands(file))
        await expectRefusal(folder.path, ["liquidate", ...argv, ...as(), ...proving()], refusal);
  });

  it("another account in the house's place, and a holder twice", async () => {
    const argv = ["liquidate", "clear", "--house", files.account, ...as(), ...proving()];
    await expectRefusal(folder.path, argv, input(/not the clearing house's account[\s\S]*0x0{61}384/));
    const twice = ["--house", files.house, "--holders", files.account, files.account, ...out()];
    await expectRefusal(
      folder.path,
      ["liquidate", "deleverage", ...twice, ...as(), ...proving()],
      input(/stands twice in --holders[\s\S]*one file/, "DUPLICATE_ACCOUNT"),
    );
  });

  it("an account without a place to keep its salt, or under the wrong name", async () => {
    const saltless = folder.writeJson("saltless.json", portfolio("desk", { USDC: "1" }));
    const about = ["--snapshot", files.snapshot, "--circuit", "4x8", ...as()];
    const register = (...argv: string[]) => ["liquidate", "register", ...argv, ...about];
    for (const name of ["register", "update"])
      await expectRefusal(
        folder.path,
        ["liquidate", name, "--account", saltless, ...about],
        input(/no salt yet[\s\S]*--output/),
      );
    await expectRefusal(folder.path, register(), input(/No account was given[\s\S]*--account/));
    await expectRefusal(folder.path, register("--house"), input(/no salt yet[\s\S]*--output/));
    await expectRefusal(
      folder.path,
      register("--house", "--account", files.account),
      input(/not the clearing house's account[\s\S]*--house goes with/),
    );
    await expectRefusal(
      folder.path,
      register("--account", files.house),
      input(/This is the clearing house's account[\s\S]*--house goes with/),
    );
    const nameless = ["liquidate", "register", "--account", files.account, ...as()];
    await expectRefusal(folder.path, nameless, input(/known by a snapshot only[\s\S]*--snapshot/));
  });

  it("legs, prices and circuits that are none", async () => {
    const trade = (legs: string, cash = "0") => [
      ...["liquidate", "trade", "--account", files.account, "--taker", files.house, "--legs", legs],
      ...["--cash", cash, "--account-output", folder.file("a"), "--taker-output", folder.file("b")],
      ...[...as(), ...proving()],
    ];
    await expectRefusal(folder.path, trade("USDC"), input(/an instrument and how much[\s\S]*=-2/));
    await expectRefusal(folder.path, trade("USDC=1", "x"), input(/--cash takes a whole number of lots/));
    await expectRefusal(folder.path, trade("DOGE=1"), input(/not in this snapshot/, "UNKNOWN_INSTRUMENT"));
    const buy = ["liquidate", "buy", "1", "--account", files.account, "--taker", files.account, ...out()];
    const rest = [...as(), ...proving()];
    await expectRefusal(folder.path, [...buy, ...rest], input(/--cash or --max[\s\S]*one of the two/));
    await expectRefusal(folder.path, [...buy, "--cash", "1", "--max", "2", ...rest], input(/one of the two/));
    await expectRefusal(
      folder.path,
      [
        "liquidate",
        "attest",
        "--account",
        files.account,
        "--snapshot",
        files.snapshot,
        "--circuit",
        "16x120",
        ...as(),
      ],
      input(/can't be liquidated[\s\S]*64x240/, "UNKNOWN_CIRCUIT"),
    );
  });

  it("bids and disclosure keys that are none", async () => {
    const notOne = folder.writeJson("not.json", { format: "ballast.bid/1", salt: "0x77" });
    const lost = /not a bid[\s\S]*backup/;
    await expectRefusal(
      folder.path,
      ["liquidate", "reveal", "1", "--bid-file", notOne, ...as()],
      input(lost),
    );
    const settle = ["--account", files.account, "--taker", files.account, ...out(), ...proving()];
    await expectRefusal(
      folder.path,
      ["liquidate", "settle", "1", "--bid-file", notOne, ...settle, ...as()],
      input(lost),
    );
    const bid = folder.writeJson("a.bid", {
      ...{ format: "ballast.bid/1", chainId: "31337", auction: ADDRESS, caseId: "2", version: 1 },
      ...{ bidder: ADDRESS, cash: "5", salt: `0x${"9".repeat(64)}` },
    });
    await expectRefusal(
      folder.path,
      ["liquidate", "reveal", "1", "--bid-file", bid, ...as()],
      input(/a bid for case 2[\s\S]*this case/, "BID_MISMATCH"),
    );
    const key = input(/not a disclosure key[\s\S]*new one/, "INVALID_KEY");
    await expectRefusal(folder.path, ["liquidate", "key", "publish", "--key", notOne, ...as()], key);
    const open = ["open-disclosure", "1", "--key", notOne, "--snapshot", files.snapshot, ...out(), ...on()];
    await expectRefusal(folder.path, ["liquidate", ...open], key);
    const taken = { exit: 3, code: "FILE_ERROR", says: /exists already[\s\S]*another name/ };
    await expectRefusal(folder.path, ["liquidate", "key", "create", "-o", notOne], taken);
  });

  it("no key to send with", async () => {
    const kept = process.env["BALLAST_PRIVATE_KEY"];
    delete process.env["BALLAST_PRIVATE_KEY"];
    try {
      const says = input(/No private key[\s\S]*--private-key-file/);
      await expectRefusal(folder.path, ["liquidate", "open", "desk", ...on()], says);
      await expectRefusal(folder.path, ["oracle", "exit", "--oracle", ADDRESS, "--rpc", NODE], says);
    } finally {
      if (kept !== undefined) process.env["BALLAST_PRIVATE_KEY"] = kept;
    }
  });
});

describe("ballast deploy refuses", () => {
  const deploy = (...rest: string[]) => [
    ...["deploy", "4x8", "--rpc", NODE, "--private-key-file", files.key, "--oracle", ADDRESS],
    ...["-o", folder.file("new.json"), ...rest],
  ];
  const whole = (changes: Readonly<Record<string, string>> = {}) => {
    const options = {
      ...{ "--venue": ADDRESS, "--settlement": ADDRESS, "--units-per-lot": "10000" },
      ...{ "--micros-per-lot": "10000", "--house-account": "900", ...changes },
    };
    const texts = Object.entries(options).filter(([, value]) => value !== "");
    return deploy("--liquidation", ...texts.flat());
  };

  it("options that go with others", async () => {
    for (const [flag, value] of [
      ["--settlement", ADDRESS],
      ["--house-account", "9"],
      ["--parameters", "x.json"],
    ] as const)
      await expectRefusal(
        folder.path,
        deploy(flag, value),
        input(new RegExp(`${flag} goes with --liquidation`)),
      );
    await expectRefusal(folder.path, whole({ "--venue": "" }), input(/--liquidation goes with --venue/));
    await expectRefusal(
      folder.path,
      whole({ "--clearing-house": ADDRESS }),
      input(/its own clearing house[\s\S]*Leave out/),
    );
    for (const flag of ["--settlement", "--units-per-lot", "--micros-per-lot", "--house-account"])
      await expectRefusal(folder.path, whole({ [flag]: "" }), input(new RegExp(`takes ${flag}`)));
  });

  it("values that are none", async () => {
    for (const [changes, says] of [
      [{ "--settlement": "0x1" }, ADDRESS_TEXT],
      [{ "--operator": "x" }, ADDRESS_TEXT],
      [{ "--guardian": "x" }, ADDRESS_TEXT],
      [{ "--volatility-oracle": "x" }, ADDRESS_TEXT],
      [{ "--units-per-lot": "0" }, /--units-per-lot takes a whole number/],
      [{ "--micros-per-lot": "1.5" }, /--micros-per-lot takes a whole number/],
      [{ "--micros-per-lot": "9".repeat(30) }, /too large/],
      [{ "--settlement-id": "8" }, /no collateral asset 8/],
      [{ "--house-account": "0" }, /can't be 0/],
      [{ "--house-account": "house" }, /--house-account takes a field element/],
    ] as const)
      await expectRefusal(folder.path, whole(changes), input(says));
    const parameters = folder.writeJson("p.json", {
      format: "ballast.liquidation-parameters/2",
      engine: { softWindow: 1 },
    });
    await expectRefusal(
      folder.path,
      whole({ "--parameters": parameters }),
      input(/engine\.softWindow[\s\S]*bounds/),
    );
  });
});

describe("ballast watch refuses", () => {
  it("options that are none", async () => {
    for (const [argv, says] of [
      [["--case", "x"], /by its number/],
      [["--interval", "0"], /--interval takes a whole number/],
      [["--from-block", "-1"], /--from-block takes a block/],
    ] as const)
      await expectRefusal(folder.path, ["watch", ...argv, ...on()], input(says));
  });
});

describe("ballast oracle refuses", () => {
  const rpc = () => ["--rpc", NODE, "--private-key-file", files.key];
  const deploy = (parameters: object, ...feeders: string[]) => [
    ...["oracle", "deploy", "--token", ADDRESS, "--underlyings", "BTC", "--feeders", ...feeders],
    ...["--parameters", folder.writeJson("o.json", parameters), ...rpc()],
  ];

  it("parameters out of their bounds", async () => {
    const three = [ADDRESS, ADDRESS, ADDRESS];
    const good = { format: "ballast.oracle-parameters/1", feederBond: "1000", slashAmount: 10 };
    for (const [changes, says] of [
      [{ interval: 59 }, /interval/],
      [{ reportWindow: 301 }, /longer than the interval/],
      [{ maxAge: 400 }, /shorter than interval/],
      [{ slashDeviation: 4_999 }, /below the tolerance/],
      [{ slashAmount: 1_001 }, /more than the bond/],
      [{ minFeeders: 4 }, /only 3 feeders/],
      [{ feederBond: "-1" }, /feederBond/],
      [{ extra: 1 }, /unknown key "extra"/],
    ] as const)
      await expectRefusal(folder.path, deploy({ ...good, ...changes }, ...three), input(says));
    await expectRefusal(folder.path, deploy(good, "x"), input(ADDRESS_TEXT));
  });

  it("markets, liquidity and amounts that are none", async () => {
    const about = ["--oracle", ADDRESS, ...rpc()];
    const report = (file: string) => [
      ...["oracle", "report", "--snapshot", files.snapshot, "--liquidity", file, ...about],
    ];
    const wrong = folder.writeJson("w.json", { format: "ballast.liquidity/1", underlyings: { BTC: 5 } });
    await expectRefusal(folder.path, report(wrong), input(/is no liquidity[\s\S]*depth/));
    await expectRefusal(
      folder.path,
      ["oracle", "bond", "--amount", "0", ...about],
      input(/--amount takes a whole number/),
    );
    const round = ["oracle", "finalize", "--round", "0", ...about];
    await expectRefusal(folder.path, round, input(/--round takes a whole number/));
  });
});
