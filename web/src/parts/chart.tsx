import type { EChartsCoreOption } from "echarts/core";
import { useEffect, useRef } from "react";

/** Draws with ECharts, which is loaded when the first chart is shown. Says in words what is drawn. */
export function Chart(props: {
  readonly option: EChartsCoreOption;
  readonly height: number;
  readonly label: string;
}) {
  const holder = useRef<HTMLDivElement>(null);
  const { option } = props;
  useEffect(() => {
    let end = () => {};
    let current = true;
    void import("./echarts.ts").then(({ init }) => {
      if (!current || holder.current === null) return;
      const dark = document.documentElement.style.colorScheme === "dark";
      const chart = init(holder.current, dark ? "dark" : undefined, { renderer: "svg" });
      // Drawn at rest: movement tells nothing here, and some cannot bear it.
      chart.setOption({ backgroundColor: "transparent", animation: false, ...option });
      const observer = new ResizeObserver(() => chart.resize());
      observer.observe(holder.current);
      end = () => {
        observer.disconnect();
        chart.dispose();
      };
    });
    return () => {
      current = false;
      end();
    };
  }, [option]);
  return (
    <div ref={holder} role="img" aria-label={props.label} style={{ height: props.height, width: "100%" }} />
  );
}
