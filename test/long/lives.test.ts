import {
  ERASURE_POINTS,
  killErasuresAt,
  killPackagesAt,
  killReplay,
  killRotation,
  type Lives,
  livesOnStores,
  PACKAGE_POINTS,
} from "../integration/crash/lives.ts";

describe("a process that is killed before, within and after every step, one life after the other", () => {
  let lives: Lives;
  beforeEach(async () => {
    lives = await livesOnStores("long-lives");
  });
  afterEach(() => lives.drop());

  it("ends every erasure once", () => killErasuresAt(lives, ERASURE_POINTS));
  it("ends every package once", () => killPackagesAt(lives, PACKAGE_POINTS));
  for (const what of ["wrapping", "root", "index"] as const)
    it(`ends a rotation of the ${what} key, with everybody found all the while`, () =>
      killRotation(lives, what));
  it("erases anew what a restored backup brought back", () => killReplay(lives));
});
