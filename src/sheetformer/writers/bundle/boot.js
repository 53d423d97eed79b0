// Written by hand: unpacks the style, the book and the program of a page, then starts the program.
(async () => {
  const digits = [...Array(92).keys()].map((i) => String.fromCharCode(i + 35)).filter((c) => c !== "<" && c !== "\\").concat("!");
  const worth = [];
  digits.forEach((digit, i) => (worth[digit.charCodeAt(0)] = i));
  // Two characters hold 13 bits. A function of its own: what waits in between is not compiled so well.
  const bytesOf = (text) => {
    const bytes = new Uint8Array(Math.floor(((text.length / 2) * 13) / 8));
    let [held, bits, end] = [0, 0, 0];
    for (let at = 0; at < text.length; at += 2) {
      held |= (worth[text.charCodeAt(at)] + 91 * (worth[text.charCodeAt(at + 1)] ?? 0)) << bits;
      for (bits += 13; bits >= 8; bits -= 8, held >>>= 8) bytes[end++] = held & 255;
    }
    return bytes;
  };
  const unpacked = (id) => {
    const bytes = bytesOf(document.getElementById(id).textContent);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Response(stream).text();
  };
  try {
    const style = document.createElement("style");
    style.id = "sheetformer-unpacked";
    style.textContent = await unpacked("sheetformer-style");
    document.getElementById("sheetformer-book").textContent = await unpacked("sheetformer-book");
    for (const id of ["sheetformer-workbook-program", "sheetformer-program"]) {
      if (!document.getElementById(id)) continue;
      const program = document.createElement("script");
      program.type = "module";
      program.textContent = await unpacked(id);
      // Not before: the title alone would be styled, laid out and painted again.
      if (!style.isConnected) document.head.append(style);
      document.body.append(program);
    }
  } catch (error) {
    document.getElementById("sheetformer").textContent = document.getElementById("sheetformer").dataset.old;
    throw error;
  }
})();
