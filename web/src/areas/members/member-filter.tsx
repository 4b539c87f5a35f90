import SearchOutlined from "@ant-design/icons/es/icons/SearchOutlined";
import Button from "antd/es/button";
import Modal from "antd/es/modal";
import Tag from "antd/es/tag";
import { useState } from "react";
import { Link } from "react-router";
import { say, useWords } from "../../i18n.ts";
import { useView } from "../../parts/view.ts";
import { PARTS } from "../../parts/words.ts";
import { useSession } from "../../session.ts";
import { FindForm } from "./find-form.tsx";

/**
 * Narrows a list to one member, who is found by an identifier of theirs; `member` stands in the address. Nothing for
 * those who may not look members up.
 */
export function MemberFilter() {
  const t = useWords(PARTS);
  const { account } = useSession();
  const [read, write] = useView();
  const [isOpen, setOpen] = useState(false);
  const member = read("member");
  if (account.role !== "admin" && account.role !== "compliance" && account.role !== "cx") return null;
  return (
    <>
      {member === undefined ? (
        <Button icon={<SearchOutlined />} onClick={() => setOpen(true)}>
          {t.findMember}
        </Button>
      ) : (
        <Tag closable color="blue" onClose={() => write("member", undefined)}>
          <Link to={`/console/members/${member}`}>{say(t.ofMember, { id: `…${member.slice(-6)}` })}</Link>
        </Tag>
      )}
      {isOpen && (
        <Modal open title={t.findMember} footer={null} onCancel={() => setOpen(false)}>
          <p className="quiet">{t.findMemberText}</p>
          <FindForm
            onFound={(memberId) => {
              setOpen(false);
              write("member", memberId);
            }}
          />
        </Modal>
      )}
    </>
  );
}
