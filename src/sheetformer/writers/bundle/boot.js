// Written by hand: unpacks the book and the program of a page, then starts the program.
(async () => {
  const unpacked = async (id) => {
    const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Response(stream).text();
  };
  try {
    const program = document.createElement("script");
    program.type = "module";
    program.textContent = await unpacked("sheetformer-program");
    document.getElementById("sheetformer-book").textContent = await unpacked("sheetformer-book");
    document.body.append(program);
  } catch (error) {
    document.getElementById("sheetformer").textContent = document.getElementById("sheetformer").dataset.old;
    throw error;
  }
})();
