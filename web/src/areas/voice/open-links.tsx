import { useMutation, useQueryClient } from "@tanstack/react-query";
import App from "antd/es/app";
import Button from "antd/es/button";
import Card from "antd/es/card";
import Switch from "antd/es/switch";
import type { Static } from "typebox";
import type { OpenLinkSchema } from "../../../../surveys/definitions/answers.schema.ts";
import type { QrCodeSchema } from "../../../../surveys/sending/answers.schema.ts";
import { patch, post } from "../../api.ts";
import { useWords } from "../../i18n.ts";
import { ProblemNote } from "../../parts/problem.tsx";
import type { SurveyDetail } from "./survey.tsx";
import { VOICE } from "./words.ts";

/** Links that anybody may follow: whether they are honoured, one for a page, and one as a QR code for a till. */
export function OpenLinks({ survey }: { readonly survey: SurveyDetail }) {
  const t = useWords(VOICE);
  const client = useQueryClient();
  const { message } = App.useApp();
  const isOpen = survey.access.open === true;
  const turn = useMutation({
    mutationFn: (open: boolean) => patch(`/v1/surveys/${survey.id}`, { access: { ...survey.access, open } }),
    onSuccess: () => {
      void message.success(t.saved);
      void client.invalidateQueries({ queryKey: ["survey", survey.id] });
    },
  });
  const qr = useMutation({
    mutationFn: () =>
      post<Static<typeof QrCodeSchema>>(`/v1/surveys/${survey.id}/qr-codes`, { channel: "qr" }),
  });
  const link = useMutation({
    mutationFn: () =>
      post<Static<typeof OpenLinkSchema>>(`/v1/surveys/${survey.id}/links`, { channel: "link" }),
  });
  return (
    <Card
      title={t.openLinks}
      extra={
        <Switch
          checked={isOpen}
          loading={turn.isPending}
          onChange={(open) => turn.mutate(open)}
          aria-label={t.openLinks}
        />
      }
    >
      <div className="stack">
        <p className="quiet" style={{ margin: 0 }}>
          {isOpen ? t.openLinksOn : t.openLinksOff}
        </p>
        <ProblemNote error={turn.error ?? qr.error ?? link.error} />
        <div className="row">
          <Button disabled={!isOpen} onClick={() => link.mutate()} loading={link.isPending}>
            {t.link}
          </Button>
          <Button disabled={!isOpen} onClick={() => qr.mutate()} loading={qr.isPending}>
            {t.qr}
          </Button>
          {link.data !== undefined && (
            <a className="mono" href={link.data.path} target="_blank" rel="noreferrer">
              {location.origin}
              {link.data.path}
            </a>
          )}
        </div>
        {qr.data !== undefined && (
          <img
            alt={t.qr}
            width={200}
            height={200}
            src={`data:image/svg+xml;utf8,${encodeURIComponent(qr.data.svg)}`}
          />
        )}
      </div>
    </Card>
  );
}
