import { Type } from "typebox";
import { FORMATS, REQUEST_TYPES, STATUSES } from "./protocol.ts";

const Time = Type.String({ format: "date-time" });

export const DiscoverySchema = Type.Object({
  api_version: Type.String(),
  supported_identities: Type.Array(
    Type.Object({
      identity_type: Type.String(),
      identity_format: Type.Enum(FORMATS),
    }),
  ),
  supported_subject_request_types: Type.Array(Type.Enum(REQUEST_TYPES)),
  processor_certificate: Type.String(),
});

export const FiledSchema = Type.Object({
  controller_id: Type.String(),
  expected_completion_time: Time,
  received_time: Time,
  encoded_request: Type.String({ description: "Base64 of the body as it arrived. Do not store or log it." }),
  subject_request_id: Type.String(),
});

export const StatusSchema = Type.Object({
  controller_id: Type.String(),
  expected_completion_time: Time,
  subject_request_id: Type.String(),
  request_status: Type.Enum(STATUSES),
  api_version: Type.String(),
  results_url: Type.Optional(Type.String()),
  results_count: Type.Optional(Type.Integer()),
  extensions: Type.Record(
    Type.String(),
    Type.Object({
      state: Type.String(),
      reason: Type.Optional(Type.String()),
      extended_until: Type.Optional(Type.Union([Time, Type.Null()])),
    }),
  ),
});

export const CancelledSchema = Type.Object({
  controller_id: Type.String(),
  subject_request_id: Type.String(),
  received_time: Time,
  api_version: Type.String(),
});
