// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ICoverageRegistry} from "contracts/coverage/ICoverageRegistry.sol";
import {ISolvencyRegistry} from "contracts/solvency/ISolvencyRegistry.sol";
import {GasMeter} from "./helpers/GasMeter.sol";
import {SolvencyFixture} from "./helpers/SolvencyFixture.sol";
import {Trapdoor} from "./helpers/Trapdoor.sol";

/// What attestations and solvency runs cost: forge refuses another number than the snapshot's (docs/reference/gas.md).
contract ProofGasTest is SolvencyFixture, GasMeter {
    uint64 private constant DEADLINE = NOW + 10 minutes;

    /// A proof about a pair that was never attested; ids as they are, without zero bytes but by chance.
    function _claim(uint256 i) private view returns (ICoverageRegistry.CoverageProof memory) {
        return claim(snapshotId, DEADLINE, Trapdoor.log("account", i), Trapdoor.log("commitment", i), uint8(i % 5));
    }

    /// forge-config: default.isolate = true
    function test_GasOfAttestations() public {
        bytes memory data = abi.encodeCall(registry.attest, (_claim(4)));
        measure("attestations", "01 one", address(this), address(registry), data, 1);
        string[3] memory names = ["02 each of 4 in a transaction", "03 each of 16", "04 each of 64"];
        uint256 next = 5;
        for (uint256 n = 0; n < 3; ++n) {
            ICoverageRegistry.BatchItem[] memory items = new ICoverageRegistry.BatchItem[](4 ** (n + 1));
            for (uint256 i = 0; i < items.length; ++i) {
                ICoverageRegistry.CoverageProof memory c = _claim(next++);
                items[i] = ICoverageRegistry.BatchItem(c.accountId, c.commitment, c.tier, c.proof);
            }
            data = abi.encodeCall(registry.attestBatch, (circuitId, snapshotId, DEADLINE, items));
            measure("attestations", names[n], address(this), address(registry), data, items.length);
        }
    }

    /// forge-config: default.isolate = true
    function test_GasOfARun() public {
        ISolvencyRegistry.RunHeader memory h = runHeader();
        bytes memory signature = signHeader(VENUE_KEY, solvency.openDigest(h));
        bytes memory data = abi.encodeCall(solvency.open, (h, signature));
        bytes memory result = measure("solvency runs", "01 open a run", address(this), address(solvency), data, 1);
        bytes32 runId = abi.decode(result, (bytes32));
        string[4] memory names = [
            "02 one batch",
            "03 each of 4 batches in a transaction",
            "04 each of 16",
            "05 each of 64"
        ];
        uint256 done = 0;
        for (uint256 n = 0; n < 4; ++n) {
            uint256 count = 4 ** n;
            data = abi.encodeCall(solvency.submit, (runId, done, steps(runId, done, count)));
            measure("solvency runs", names[n], address(this), address(solvency), data, count);
            done += count;
        }
        ISolvencyRegistry.Reserve[] memory reserves = honestReserves();
        ISolvencyRegistry.Report memory report = honestReport();
        data = abi.encodeCall(
            solvency.close,
            (runId, report, proveReport(reportSignals(runId, report, reserves)), reserves)
        );
        measure("solvency runs", "06 close, with two reserves", address(this), address(solvency), data, 1);
    }
}
