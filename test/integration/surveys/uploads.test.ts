import { expect } from "chai";
import { sql } from "../../../src/db/index.ts";
import { startTestServer, type TestServer } from "../../setup/server.ts";
import { anInvitation, anOpenLink, aSurvey, openPage } from "./a-survey.ts";

/** One white point. */
const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=";
const DEFINITION = {
  elements: [
    { type: "buttongroup", name: "size", title: "Which size?", choices: ["s", "m", "l"] },
    {
      type: "imagemap",
      name: "place",
      title: "Where was it?",
      imageLink: `data:image/png;base64,${PNG}`,
      areas: [
        { value: "door", text: "At the door", shape: "rect", coords: "0,0,1,1" },
        { value: "till", text: "At the till", shape: "rect", coords: "1,0,2,1" },
      ],
    },
    { type: "file", name: "photo", title: "A photograph of it", allowMultiple: true, maxSize: 50_000 },
    { type: "signaturepad", name: "sign", title: "Your signature" },
  ],
};

describe("files, drawings, maps and button groups in a survey", () => {
  let server: TestServer;
  let version: number;
  before(async () => {
    server = await startTestServer("survey-uploads");
    version = await aSurvey(server, "damage", {
      class: "research",
      definition: DEFINITION,
      metrics: [],
      contact: undefined,
      access: { open: true },
    });
  });
  after(() => server.close());

  const stored = async (invitationId: string) => {
    const [row] = await server.database.db.query<{ id: string; cell: Buffer }>(
      sql`select response_id as id, cell from survey_response where invitation_id = ${invitationId}::uuid`,
    );
    const opened = await server.candor.surveys.doors.openAnswers(server.database.db, [row?.id ?? ""]);
    return { answers: opened.get(row?.id ?? ""), cell: row?.cell };
  };
  const send = (path: string, answers: Record<string, unknown>) =>
    server.call<{ status: string; errors?: { path: string; code: string }[] }>("POST", `${path}/answers`, {
      key: null,
      body: { answers },
    });
  const picture = { name: "tear.png", type: "image/png", content: `data:image/png;base64,${PNG}` };

  it("are handed in by a plain form, and stored sealed", async () => {
    const { path, invitationId } = await anInvitation(server, "damage", version);
    const page = await openPage(server, path);
    expect(page.text)
      .to.contain('enctype="multipart/form-data"')
      .and.contain("At the till")
      .and.contain('accept="image/jpeg,image/png,image/webp,application/pdf"');
    const form = new FormData();
    for (const [name, value] of page.fields) form.append(name, value);
    form.set("go", "next");
    form.set("q0", '"m"');
    form.append("q1", '"till"');
    const bytes = Buffer.from(PNG, "base64");
    form.append("q2.file", new Blob([bytes], { type: "image/png" }), "C:\\photos\\tear.png");
    form.append("q2.file", new Blob([bytes], { type: "image/png" }), "two.png");
    form.append("q3.file", new Blob([bytes], { type: "image/png" }), "sign.png");
    const done = await fetch(`${server.url}${path}`, { method: "POST", body: form });
    expect(await done.text()).to.contain("Thank you");
    const { answers, cell } = await stored(invitationId);
    expect(answers).to.deep.equal({
      size: "m",
      place: ["till"],
      photo: [picture, { ...picture, name: "two.png" }],
      sign: picture.content,
    });
    expect(cell?.includes("tear.png")).to.equal(false);
  });

  it("travel with the form from page to page, and can be taken away again", async () => {
    const { path, invitationId } = await anInvitation(server, "damage", version);
    const page = await openPage(server, path);
    const kept = await page.submit({ q2: JSON.stringify([picture]), q3: picture.content, go: "look" });
    expect(kept.fields.get("q2")).to.equal(JSON.stringify([picture]));
    expect(kept.text).to.contain("tear.png").and.contain("Signed");
    const done = await kept.submit({ "q2.x": "1" });
    expect(done.text).to.contain("Thank you");
    expect((await stored(invitationId)).answers).to.deep.equal({ sign: picture.content });
  });

  it("are refused when they are not what they say, too many, too large, or come where nothing is uploaded", async () => {
    const { path } = await anInvitation(server, "damage", version);
    const html = Buffer.from("<script>alert(1)</script>").toString("base64");
    for (const [answers, at] of [
      [{ photo: [{ ...picture, content: `data:image/png;base64,${html}` }] }, "/answers/photo"],
      [
        { photo: [{ ...picture, type: "text/html", content: `data:text/html;base64,${html}` }] },
        "/answers/photo",
      ],
      [{ photo: [{ ...picture, evil: 1 }] }, "/answers/photo"],
      [{ photo: [picture, picture, picture, picture] }, "/answers/photo"],
      [
        {
          photo: [{ ...picture, content: `data:image/png;base64,${PNG.slice(0, -4)}${"A".repeat(90_000)}` }],
        },
        "/answers/photo",
      ],
      [{ sign: "data:image/svg+xml;base64,AAAA" }, "/answers/sign"],
      [{ sign: "https://elsewhere.example/x.png" }, "/answers/sign"],
      [{ place: ["roof"] }, "/answers/place"],
      [{ size: "xxl" }, "/answers/size"],
    ] as const) {
      const answer = await send(path, answers);
      expect(answer.status, at).to.equal(400);
      expect(answer.body.errors?.[0]?.path, JSON.stringify(answer.body)).to.match(new RegExp(`^${at}`));
    }
    expect((await send(path, { photo: [picture] })).body.status).to.equal("received");
    await aSurvey(server, "plain", { access: { open: true } });
    const link = await anOpenLink(server, "plain");
    const form = new FormData();
    form.append("q1", "x".repeat(600_000));
    const large = await fetch(`${server.url}${link}`, { method: "POST", body: form });
    expect(large.status).to.equal(400);
  });

  it("are not asked for in an anonymous survey, because they say who somebody is", async () => {
    const linted = await server.call<{ findings: { code: string; question: string }[] }>(
      "POST",
      "/v1/surveys/lint",
      { body: { class: "research", anonymous: true, definition: DEFINITION } },
    );
    expect(
      linted.body.findings.filter((f) => f.code === "identifies-anonymous").map((f) => f.question),
    ).to.deep.equal(["photo", "sign"]);
  });
});
