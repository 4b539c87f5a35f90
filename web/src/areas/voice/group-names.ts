import type { CodeWords } from "../../codes/code-words.ts";
import { CHANNELS } from "../../codes/kinds.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useWords } from "../../i18n.ts";
import { useStoreName } from "../../parts/stores.ts";
import type { Results } from "./results.ts";
import { RESULTS } from "./words-results.ts";

/** By what results are grouped. */
export const DIMENSIONS = ["store", "region", "channel", "category", "level", "tenure"] as const;
export type Dimension = (typeof DIMENSIONS)[number] & keyof Results["by"];

/** How long somebody has been a member. */
const TENURES: CodeWords = {
  "0-3m": ["under 3 months", "不到 3 个月", "不到 3 個月"],
  "3-12m": ["3 to 12 months", "3 至 12 个月", "3 至 12 個月"],
  "1-2y": ["1 to 2 years", "1 至 2 年", "1 至 2 年"],
  "2-5y": ["2 to 5 years", "2 至 5 年", "2 至 5 年"],
  "5y+": ["5 years and more", "5 年以上", "5 年以上"],
};

/** Says a group in words: shops by their names, channels and bands in the language that is on. */
export function useGroupName(): (by: Dimension, key: string) => string {
  const storeOf = useStoreName();
  const channelOf = useCodes(CHANNELS);
  const tenureOf = useCodes(TENURES);
  const t = useWords(RESULTS);
  return (by, key) => {
    if (key === "unknown") return t.unknown;
    if (by === "store") return storeOf(key);
    if (by === "channel") return channelOf(key);
    return by === "tenure" ? tenureOf(key) : key;
  };
}
