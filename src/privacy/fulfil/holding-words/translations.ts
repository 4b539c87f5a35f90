/** Sentences of the register, by the English one: what they are in zh-CN and in zh-TW. */
export type Translations = Readonly<Record<string, readonly [cn: string, tw: string]>>;
