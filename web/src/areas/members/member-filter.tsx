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
        <FindDialog
          title={t.findMember}
          text={t.findMemberText}
          onClose={() => setOpen(false)}
          onFound={(memberId) => {
            setOpen(false);
            write("member", memberId);
          }}
        />
      )}
    </>
  );
}

/** Names one member in a form, who is found by an identifier of theirs: nobody has to know the id of a member. */
export function MemberInput(props: {
  readonly value?: string;
  readonly onChange?: (memberId: string) => void;
}) {
  const t = useWords(PARTS);
  const [isOpen, setOpen] = useState(false);
  const { value, onChange } = props;
  return (
    <div className="row">
      {value !== undefined && (
        <Link className="mono" to={`/console/members/${value}`} target="_blank">
          {value}
        </Link>
      )}
      <Button icon={<SearchOutlined />} onClick={() => setOpen(true)}>
        {t.pickMember}
      </Button>
      {isOpen && (
        <FindDialog
          title={t.pickMember}
          text={t.pickMemberText}
          onClose={() => setOpen(false)}
          onFound={(memberId) => {
            setOpen(false);
            onChange?.(memberId);
          }}
        />
      )}
    </div>
  );
}

function FindDialog(props: {
  readonly title: string;
  readonly text: string;
  readonly onFound: (memberId: string) => void;
  readonly onClose: () => void;
}) {
  return (
    <Modal open title={props.title} footer={null} onCancel={props.onClose}>
      <p className="quiet">{props.text}</p>
      <FindForm onFound={props.onFound} />
    </Modal>
  );
}
