/** A process of its own that is one node. */
import { serve } from "./serve.ts";

void serve();
