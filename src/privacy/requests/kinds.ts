import { REQUEST_KINDS } from "../fulfil/port.ts";

/** Everything that a person may file: what the fulfilment knows, and an appeal against an answer. */
export const ANY_REQUEST_KINDS = [...REQUEST_KINDS, "appeal"] as const;
export type AnyRequestKind = (typeof ANY_REQUEST_KINDS)[number];

/** By which door a request came. */
export const DOORS = ["api", "form", "letter", "counter", "phone", "opendsr", "import"] as const;
export type Door = (typeof DOORS)[number];

/** Who files: the person, somebody authorised, or the holder of parental responsibility. */
export const FILERS = ["self", "agent", "guardian"] as const;
export type Filer = (typeof FILERS)[number];
