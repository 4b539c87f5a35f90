/** The longest report that is read, in bytes; reports quote headers, not whole messages. */
export const LARGEST_REPORT = 256 * 1024;
/** Reports read at a time, so that a mailbox full of them is emptied in bounded rounds. */
export const MOST_REPORTS = 200;

/** Looks at a message as it lies in the mailbox; true when it was settled and may go. */
export type TakeReport = (raw: string) => Promise<boolean>;
