import type { RequestWords } from "./words.ts";

export const EN_REQUEST: RequestWords = {
  kinds: {
    access: "a copy of your data",
    portability: "your data in a form to take along",
    rectification: "correcting your data",
    restriction: "restricting the use of your data",
    objection: "objecting to the use of your data",
    erasure: "erasing your data",
    "opt-out": "no sale or sharing of your data",
    appeal: "looking again at a decision",
  },
  states: {
    received: "Received",
    acknowledged: "Received",
    identity_pending: "Waiting for your confirmation that it is you",
    verified: "Confirmed that it is you",
    assessing: "Being examined",
    awaiting_confirmation: "Waiting for your second confirmation",
    approved: "Approved",
    executing: "Being carried out",
    awaiting_recipients: "Waiting for answers of those we passed data on to",
    duplicate: "Answered together with another request of yours",
    completed: "Done",
    completed_with_exceptions: "Done, with exceptions",
    denied: "Refused",
    withdrawn: "Withdrawn",
    expired: "Ended, because nobody confirmed it",
  },
  messages: {
    code: {
      subject: "Your code: {code}",
      text: "Somebody asked {company} for {what} and gave this address. We have received the request.\n\nIf it was you, enter this code on the page where you asked:\n\n{code}\n\nIt is good for {minutes} minutes. If it was not you, do nothing: without the code nothing happens.",
    },
    acknowledged: {
      subject: "We have received your request",
      text: "You asked {company} for {what}. We received it on {received}.\n\nOur answer is due by {due}.",
    },
    extended: {
      subject: "We need more time for your request",
      text: "You asked {company} for {what}. We need more time than usual ({article}).\n\nThe reason: {reason}\n\nOur answer is now due by {due}.",
    },
    denied: {
      subject: "Our answer to your request",
      text: "You asked {company} for {what}. We cannot do this.\n\nThe reason: {ground} ({article})\n{reason}",
    },
    confirm: {
      subject: "Please confirm once more: erasing your data",
      text: "We can erase your data at {company}. Erased data cannot be brought back.\n\nIf you still want it, open the page below and confirm by {date}. If you do nothing, nothing is erased.",
    },
    cooling: {
      subject: "Your data will be erased",
      text: "You confirmed that {company} shall erase your data. We begin on {date}. Until then you can withdraw the request on the page below.",
    },
    delivery: {
      subject: "How shall we hand over your data?",
      text: "Your request to {company} for {what} has been approved. Please choose on the page below how your data shall be encrypted. Then we prepare it.",
    },
    ready: {
      subject: "Your data are ready",
      text: "What you asked {company} for is ready: {what}.\n\nThe link works once, until {date}. You need your passphrase or your own key to open the file:\n\n{link}",
    },
    completed: {
      subject: "Your request has been carried out",
      text: "You asked {company} for {what}. It has been done on {date}.",
    },
    exceptions: {
      subject: "Your request has been carried out, with exceptions",
      text: "You asked {company} for {what}. It has been done on {date}, except for what the law makes us keep. The page below names it, with the law.",
    },
    lapsed: {
      subject: "There is nothing to hand over any more",
      text: "You asked {company} for {what}. It cannot be handed over any more: your data have been erased in the meantime, or the time to fetch them is over. If you still want it, you can ask again.",
    },
    withdrawn: {
      subject: "Your request has been withdrawn",
      text: "Your request to {company} ({what}) has been withdrawn. Nothing was done.",
    },
    expired: {
      subject: "Your request has ended",
      text: "Your request to {company} ({what}) was not confirmed in time and has ended. Nothing was done. You can ask again at any time.",
    },
    duplicate: {
      subject: "Your request is answered together with another",
      text: "You asked {company} for {what} more than once. We answer these requests together.",
    },
  },
  alerts: {
    warning: {
      subject: "Request due {date}: {kind}",
      text: "Request {id} ({kind}, {regime}) is {state} and due by {date}.\n\n{words}\n\ncandor requests show {id}",
    },
    late: {
      subject: "Request LATE since {date}: {kind}",
      text: "Request {id} ({kind}, {regime}) is {state}. Its deadline has passed.\n\n{words}\n\ncandor requests show {id}",
    },
    failed: {
      subject: "A step has FAILED: {kind}",
      text: "Request {id} ({kind}, {regime}) is {state}, and the step “{step}” of its work failed again and again ({failure}). It is tried once an hour for a day. When the cause is gone, try it at once:\n\ncandor requests retry {id}",
    },
    joined: {
      subject: "Look at the preview again: {kind}",
      text: "Request {id} ({kind}, {regime}) was approved, but since then somebody who was known apart was joined with the member. Nothing was erased. Look at the preview, divide the two if they are two people, and approve again:\n\ncandor requests preview {id}",
    },
    divided: {
      subject: "Whose request is it? {kind}",
      text: "Request {id} ({kind}, {regime}) was approved, but since then the member was divided. Nothing was erased. Say which part the request is of, then look at the preview and approve again:\n\ncandor requests verify {id} --member <member id> --method call-back",
    },
    acknowledge: {
      subject: "Request not acknowledged: {kind}",
      text: "Request {id} ({kind}, {regime}) has not been acknowledged.\n\n{words}\n\ncandor requests show {id}",
    },
  },
  statusLine: "Where your request stands: {link}",
  appealLine: "If you disagree, you can ask us to look again: {link}",
  authorityLine: "You may complain to: {authority} {url}. You may also go to court.",
};
