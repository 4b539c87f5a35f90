export { parseMemberItem } from "./parse.ts";
