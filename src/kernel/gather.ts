/**
 * Lets what is asked at the same time be done together. An ask is begun at once while fewer than `lanes` groups are
 * under way; what comes meanwhile waits and goes as one group of at most `most`, in the order in which it came. `work`
 * answers each ask of a group, in their order. A group that fails is tried again one by one, so that nobody suffers for
 * another's ask, unless `isEverybodys` says that the error is no ask's own: then all of the group are told of it.
 *
 * `apartMs`: a group begins no sooner than so many milliseconds after the one before: under load groups then grow and
 * each ask costs less, while one that comes alone still begins at once.
 */
export function gather<Ask, Answer>(options: {
  readonly lanes: number;
  readonly most: number;
  readonly apartMs?: number;
  readonly isEverybodys?: (error: unknown) => boolean;
  readonly work: (asks: readonly Ask[]) => Promise<readonly Answer[]>;
}): (ask: Ask) => Promise<Answer> {
  const { lanes, most, apartMs = 0, isEverybodys = () => false, work } = options;
  const waiting: Waiting<Ask, Answer>[] = [];
  let busy = 0;
  /** While it is there, a group was begun a short while ago. */
  let apart: Promise<void> | null = null;

  const settle = async (group: readonly Waiting<Ask, Answer>[]): Promise<void> => {
    try {
      const answers = await work(group.map((w) => w.ask));
      for (const [i, { resolve }] of group.entries()) resolve(answers[i] as Answer);
    } catch (error) {
      if (group.length === 1 || isEverybodys(error)) for (const { reject } of group) reject(error);
      else for (const one of group) await settle([one]);
    }
  };
  const keepApart = (): void => {
    apart = new Promise((pass) => {
      setTimeout(() => {
        apart = null;
        pass();
      }, apartMs);
    });
  };
  const drive = async (): Promise<void> => {
    busy++;
    try {
      while (waiting.length > 0) {
        if (apart !== null) {
          await apart;
          continue;
        }
        if (apartMs > 0) keepApart();
        await settle(waiting.splice(0, most));
      }
    } finally {
      busy--;
    }
  };
  return (ask) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ ask, resolve, reject });
      if (busy < lanes) void drive();
    });
}

interface Waiting<Ask, Answer> {
  readonly ask: Ask;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}
