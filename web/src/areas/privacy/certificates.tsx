import Select from "antd/es/select";
import { Link } from "react-router";
import type { Static } from "typebox";
import type { CertificatePage } from "../../../../src/privacy/fulfil/certificate.schema.ts";
import { CERTIFICATE_KINDS } from "../../../../src/privacy/fulfil/certificate-kinds.ts";
import { KINDS } from "../../codes/kinds.ts";
import { useCodes } from "../../codes/use-codes.ts";
import { useFormats, useLocale, useWords } from "../../i18n.ts";
import { ServerList, useView } from "../../parts/list.tsx";
import { PageBody } from "../../parts/page.tsx";
import { BREACH } from "./words-breach.ts";

type Certificate = Static<typeof CertificatePage>["certificates"][number];

/** Every signed certificate, the newest first. */
export function CertificatesPage() {
  const t = useWords(BREACH);
  const kindOf = useCodes(KINDS);
  const locale = useLocale();
  const { time } = useFormats();
  const [read, write] = useView();
  const nameOf = (kind: string) => (kind === "retention" ? t.retention : kindOf(kind));
  return (
    <PageBody title={t.certificates} lead={t.certificatesLead}>
      <ServerList<Certificate>
        label={t.certificates}
        path="/v1/certificates"
        query={{ kind: read("kind") }}
        cursor="before"
        field="certificates"
        rowKey={(row) => row.certificateId}
        empty={t.emptyCertificates}
        csv="certificates"
        filters={
          <Select
            allowClear
            aria-label={t.kind}
            placeholder={t.kind}
            value={read("kind") ?? null}
            onChange={(value) => write("kind", value ?? undefined)}
            style={{ minWidth: 160 }}
            options={CERTIFICATE_KINDS.map((value) => ({ value, label: nameOf(value) }))}
          />
        }
        columns={[
          { title: t.issued, dataIndex: "issuedAt", render: time },
          { title: t.kind, dataIndex: "kind", render: nameOf },
          {
            title: t.request,
            key: "request",
            render: (_, row) =>
              row.requestId === null ? (
                "–"
              ) : (
                <Link className="mono" to={`/console/requests/${row.requestId}`}>
                  …{row.requestId.slice(-12)}
                </Link>
              ),
            csv: (row) => row.requestId,
          },
          {
            title: "",
            key: "open",
            render: (_, row) => (
              <span className="row">
                <a
                  href={`/v1/certificates/${row.certificateId}/page?lang=${locale}`}
                  target="_blank"
                  rel="noreferrer"
                >
                  {t.openIt}
                </a>
                <a href={`/v1/certificates/${row.certificateId}`} download={`${row.certificateId}.json`}>
                  {t.json}
                </a>
              </span>
            ),
            csv: (row) => row.certificateId,
          },
        ]}
      />
    </PageBody>
  );
}
