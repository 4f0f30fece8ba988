// Decompresses a Brotli file, which Python's standard library cannot: node decompress.js FROM TO
"use strict";
const { createReadStream, createWriteStream } = require("node:fs");
const { pipeline } = require("node:stream/promises");
const { createBrotliDecompress } = require("node:zlib");

const [from, to] = process.argv.slice(2);
pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to)).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
