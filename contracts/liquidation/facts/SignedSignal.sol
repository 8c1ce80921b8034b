// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Bn254} from "../../verify/Bn254.sol";
import {IFactProofs} from "./IFactProofs.sol";

/// @title Signed public signals
/// @author Ballast
/// @notice A negative value v is the field element p - |v|.
library SignedSignal {
    /// @notice The largest magnitude, far above any that a circuit lets through. Without a bound `p - 5` could be given
    /// for -5: it is the same field element.
    int256 internal constant LIMIT = 2 ** 128;

    /// @notice A value as a field element.
    /// @param value the value, at most `LIMIT` in magnitude.
    /// @return the field element: one for each value.
    function encode(int256 value) internal pure returns (uint256) {
        if (value > LIMIT || value < -LIMIT) revert IFactProofs.ValueOutOfRange(value);
        return value < 0 ? Bn254.SCALAR_FIELD - uint256(-value) : uint256(value);
    }
}
