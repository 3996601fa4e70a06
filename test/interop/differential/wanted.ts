/** Differences that are wanted, by group and title. */
import type { Wanted } from "./step.ts";
import { REQUESTS } from "./wanted/requests.ts";
import { UPGRADES } from "./wanted/upgrades.ts";
import { WEBSOCKETS } from "./wanted/websockets.ts";

export const WANTED: Wanted = { ...REQUESTS, ...UPGRADES, ...WEBSOCKETS };
