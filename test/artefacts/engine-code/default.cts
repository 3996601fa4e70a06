import eio from "engine.io";

console.log(new eio.Server(), eio.attach, eio.transports);
