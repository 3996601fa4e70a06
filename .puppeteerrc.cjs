// `npm ci` downloads no browser: the browser tests find or install one themselves (test/support/find-browser.ts).
module.exports = { skipDownload: true };
