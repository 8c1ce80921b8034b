// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ShareMath} from "contracts/clearing/ShareMath.sol";
import {WaterfallMath} from "contracts/clearing/WaterfallMath.sol";

/// What solc's SMTChecker proves the asserts of `WaterfallMath` and `ShareMath` for: every input within the ranges that
/// the contracts keep. It looks at public functions only, and a contract each keeps its search small. Not deployed, and
/// run by nobody: `npm run proofs`.
contract SplitProof {
    function split(uint256 loss, uint256 insurance, uint256 gamma) public pure {
        WaterfallMath.split(loss, insurance, gamma);
    }
}

contract LeftTodayProof {
    function leftToday(uint256 first, uint256 held, uint256 drawn, uint32 cap) public pure {
        require(first < 1 << 128 && held < 1 << 128 && drawn < 1 << 128);
        WaterfallMath.leftToday(first, held, drawn, cap);
    }
}

contract ShortfallProof {
    function shortfall(int256 equity, uint256 microsPerLot) public pure {
        require(equity > type(int256).min && microsPerLot != 0);
        WaterfallMath.shortfall(equity, microsPerLot);
    }
}

contract SharesForProof {
    function sharesFor(uint256 amount, uint256 assets, uint256 shares) public pure {
        require(amount < 1 << 96 && assets < 1 << 96 && shares < 1 << 156);
        ShareMath.sharesFor(amount, assets, shares);
    }
}

contract WorthProof {
    function worth(uint256 part, uint256 assets, uint256 shares) public pure {
        require(part <= shares && assets < 1 << 96 && shares < 1 << 156);
        ShareMath.worth(part, assets, shares);
    }
}

contract UnvestedProof {
    function unvested(uint256 recent, uint256 earlier, uint256 elapsed, uint256 period) public pure {
        require(recent < 1 << 96 && earlier < 1 << 96 && elapsed < period && period < 1 << 64);
        ShareMath.unvested(recent, earlier, elapsed, period);
    }
}

contract FreeProof {
    function free(uint256 assets, uint256 unvestedPart, uint256 reserved) public pure {
        require(assets < 1 << 96 && unvestedPart < 1 << 96 && reserved < 1 << 96);
        ShareMath.free(assets, unvestedPart, reserved);
    }
}

contract ConsumeProof {
    function consume(uint256 amount, uint256 recent, uint256 earlier, uint256 left, uint256 period) public pure {
        require(amount < 1 << 96 && recent < 1 << 96 && earlier < 1 << 96);
        require(left != 0 && left <= period && period < 1 << 64);
        ShareMath.consume(amount, recent, earlier, left, period);
    }
}
