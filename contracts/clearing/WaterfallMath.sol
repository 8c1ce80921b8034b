// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Arithmetic of the waterfall
/// @author Ballast
/// @notice Who bears how much of a loss. Amounts are whole lots of the settlement asset.
/// @dev Pure, and without anything that solc's SMTChecker can't follow: it proves each `assert`.
library WaterfallMath {
    /// @notice What rates are parts of.
    uint256 private constant PPM = 1_000_000;

    /// @notice Spreads a loss over the insurance fund, then the Gamma Reserve, then nobody.
    /// @param loss lots.
    /// @param insurance lots that the insurance fund has.
    /// @param gamma lots that the Gamma Reserve has.
    /// @return fromInsurance lots.
    /// @return fromGamma lots; none while the insurance fund has one left.
    /// @return residual lots that exceed both.
    function split(
        uint256 loss,
        uint256 insurance,
        uint256 gamma
    ) internal pure returns (uint256 fromInsurance, uint256 fromGamma, uint256 residual) {
        fromInsurance = loss < insurance ? loss : insurance;
        uint256 rest = loss - fromInsurance;
        fromGamma = rest < gamma ? rest : gamma;
        residual = rest - fromGamma;
        assert(fromInsurance <= insurance && fromGamma <= gamma);
        assert(fromInsurance + fromGamma + residual == loss);
        assert(fromGamma == 0 || fromInsurance == insurance);
        assert(residual == 0 || (fromInsurance == insurance && fromGamma == gamma));
    }

    /// @notice What may still be drawn of a fund today: a part of what it held at the day's first draw, one lot at
    /// least. What is paid in after that doesn't count, and what was paid out no more. A part of all is no limit.
    /// @param first lots that it held at the day's first draw, below 2^128.
    /// @param held lots that it holds, below 2^128.
    /// @param drawn lots that were drawn of it today, below 2^128.
    /// @param cap the part, ppm.
    /// @return left lots.
    function leftToday(uint256 first, uint256 held, uint256 drawn, uint32 cap) internal pure returns (uint256 left) {
        uint256 most = held + drawn;
        if (first < most && cap != PPM) most = first;
        most = (most * cap) / PPM;
        if (most == 0) most = 1;
        left = most > drawn ? most - drawn : 0;
        assert(left == 0 || left + drawn == most);
    }

    /// @notice The shortfall that equity stands for.
    /// @param equity micro-USD, above -2^255.
    /// @param microsPerLot what a lot is worth, not 0.
    /// @return lots rounded up; 0 for equity that isn't negative.
    function shortfall(int256 equity, uint256 microsPerLot) internal pure returns (uint256 lots) {
        if (equity >= 0) return 0;
        uint256 micros = uint256(-equity);
        lots = (micros - 1) / microsPerLot + 1;
        assert(lots != 0 && lots <= micros);
    }
}
