// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IVerifier} from "./IVerifier.sol";

/// @title Where dev keys are allowed
/// @author Ballast
/// @notice A dev key's secrets were known to one machine: who kept them can prove anything.
library LocalChain {
    /// @notice Reverts for a dev key unless the chain is a local development chain (31337 or 1337).
    /// @param isDevKey whether the key comes from `setup --dev`.
    function requireAllowed(bool isDevKey) internal view {
        if (isDevKey && block.chainid != 31_337 && block.chainid != 1337) {
            revert IVerifier.DevKeyOutsideLocalChain(block.chainid);
        }
    }
}
