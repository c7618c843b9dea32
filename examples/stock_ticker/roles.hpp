// What the demo's child processes do. They are told by reports on their standard input and answer on their standard
// output.
//
// To a publisher:   until rows=N          publish the feed's first N rows, then wait for more
//                   flush                 see that everybody has them
//                   finish                give the final report, leave and end
// From a publisher: ready name=…          it is on the bus
//                   progress published=… views=… light=… heavy=… switches=… pacing=1 (it waits for the feed's clock)
//                   flushed published=…
//                   final …               as progress
// To a ticker:      listen topics=A,B,…   load these topics' rows, join, subscribe
//                   finish
// From a ticker:    joining               the rows are loaded
//                   synced name=…         the state of all topics is in
//                   progress delivered=… lost=… … (all of StreamCounts) outstanding=… received=… filtered=… gaps=…
//                            quotes=A:1.5,…
//                   final …               as progress
// From both:        failed at_ns=… node=…, repaired at_ns=… topics=…, view members=…, merged: the bus's events
//                   error what=…          and it ends with exit code 1
#pragma once

#include "examples/stock_ticker/options.hpp"

namespace ticker {

/// Each returns the process's exit code.
int run_publisher(const DemoOptions& options);
int run_ticker(const DemoOptions& options);

}  // namespace ticker
