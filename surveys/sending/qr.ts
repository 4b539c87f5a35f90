import qrcode from "qrcode-generator";

/**
 * A QR code of a link as SVG: error correction M (15 %), a quiet zone of four modules (ISO/IEC 18004), and no text or
 * address of anything else in it.
 */
export function qrSvg(link: string, label: string): string {
  const code = qrcode(0, "M");
  code.addData(link, "Byte");
  code.make();
  const size = code.getModuleCount();
  let path = "";
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      if (code.isDark(row, column)) path += `M${column + 4} ${row + 4}h1v1h-1z`;
  const side = size + 8;
  const name = label.replace(/[<>&"']/g, "");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" role="img" aria-label="${name}" shape-rendering="crispEdges"><rect width="${side}" height="${side}" fill="#fff"/><path d="${path}" fill="#000"/></svg>`;
}
