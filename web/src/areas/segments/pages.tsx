import ApartmentOutlined from "@ant-design/icons/es/icons/ApartmentOutlined";
import type { Page } from "../area.ts";

/** Segments, and writing the rule of one. */
export const SEGMENT_PAGES: readonly Page[] = [
  {
    path: "segments",
    roles: ["compliance", "cx", "analyst"],
    load: async () => ({ Page: (await import("./segments.tsx")).SegmentsPage }),
    menu: {
      section: "members",
      order: 3,
      icon: <ApartmentOutlined />,
      label: { en: "Segments", "zh-CN": "分群", "zh-TW": "分群" },
    },
  },
  {
    path: "segments/:id",
    roles: ["compliance", "cx"],
    load: async () => ({ Page: (await import("./segment.tsx")).SegmentPage }),
  },
];
