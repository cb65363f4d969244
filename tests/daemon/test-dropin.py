#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The drop-in of a Tandem that is not all there: the daemon goes on, and says why.
What it plays when it is all there: test-demo.py, "in the daemon"."""
from common import add_sink, bare_scene, check, finish
import config

PLUGIN = 'the SPA plugin tandem/libspa-tandem.so is not where PipeWire looks: '


def goes_on(without, sentence):
    """without: the variable that leads to the build tree, and does not."""
    with bare_scene() as s:
        stage = s.stage
        config.write_drop_in(stage.config_dir, 'auto', 'stereo', {})
        found = {key: path for key, path in stage.built().items() if key != without}
        stage.start_buses()
        stage.start_daemons(found)
        add_sink(stage, 'other')
        check(stage.daemon.alive(), f'without {without}: the daemon goes on, and takes a sink')
        check(stage.graph.node('tandem') is None, 'without Tandem')
        with open(stage.daemon.log_path) as file:
            said = [line for line in file if 'tandem' in line]
        if sentence:
            check(any(sentence in line for line in said), f'it says: {sentence}...')
        else:
            check(not said, 'a module that is not installed is no mistake: it says nothing')


goes_on('SPA_PLUGIN_DIR', PLUGIN)
goes_on('PIPEWIRE_MODULE_DIR', None)
finish()
