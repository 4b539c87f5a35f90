/** The colour by which a survey's state is known. */
export const STATE_COLOURS = { draft: "blue", running: "green", ended: "default" } as const;

/** What a survey may be called in addresses. */
export const SHORT_NAME = /^[a-z][a-z0-9-]{0,62}$/;
