# SPDX-License-Identifier: MIT
"""What desktops ask of a sink before they show it, each rule with where it is written.

A rule takes a sink as pw-dump prints it and answers what it finds wrong, or None; the ones
in PULSE take the sink as `pactl --format=json list sinks` prints it, None: not listed.
"""


def props(node):
    return node['info'].get('props', {})


def first(node, param):
    return (node['info'].get('params', {}).get(param) or [{}])[0]


def has_ports(node):
    """In PulseAudio's sense: routes of a card. A node of no device has none."""
    return 'device.id' in props(node)


def gnome_shows(node):
    """libgnome-volume-control, sync_devices(), since 2026-02 (d2442f4): a Bluetooth stream
    without ports is of a device that is about to go."""
    if props(node).get('device.bus') == 'bluetooth' and not has_ports(node):
        return 'device.bus = bluetooth without ports: GNOME hides it'
    return None


def kde_shows(node):
    """plasma-pa hides virtual devices unless told otherwise (showVirtualDevices);
    pulseaudio-qt, device_p.h: virtual is who lacks PA_SINK_HARDWARE; pipewire-pulse,
    fill_sink_info(): that flag is for who has a device.api, and from 0.3.76 on for who is
    not node.virtual."""
    if props(node).get('node.virtual') is True or 'device.api' not in props(node):
        return 'node.virtual, or no device.api: KDE hides it'
    return None


def pulse_is_ready(node):
    """pipewire-pulse, fill_sink_info(), "sink not ready": sample format, map and volume must
    be known, or no client gets to see it."""
    channels = first(node, 'EnumFormat').get('channels')
    volumes = first(node, 'Props').get('channelVolumes', [])
    if not channels or len(volumes) < 1:
        return f'channels {channels}, volumes {volumes}: pipewire-pulse does not list it'
    return None


def looks_like_speakers(node):
    """libgnome-volume-control, set_icon_name_from_proplist(): else it is an "audio-card";
    plasma-pa takes the form factor."""
    icon = props(node).get('device.icon-name', 'audio-card')
    form = props(node).get('device.form-factor')
    if not icon.startswith('audio-speakers') or form != 'speaker':
        return f'icon {icon}, form factor {form}: not shown as speakers'
    return None


def listed(sink):
    return None if sink else 'pipewire-pulse does not list it'


def has_hardware(sink):
    flags = sink['flags'] if sink else []
    return None if 'HARDWARE' in flags else f'flags {flags}: KDE takes it for virtual'


def is_no_bluetooth(sink):
    told = sink['properties'] if sink else {}
    if told.get('device.bus') == 'bluetooth' and not sink['ports']:
        return 'device.bus = bluetooth without ports: GNOME hides it'
    return None


def has_speaker_icon(sink):
    told = sink['properties'] if sink else {}
    icon, form = told.get('device.icon_name', 'audio-card'), told.get('device.form_factor')
    if not icon.startswith('audio-speakers') or form != 'speaker':
        return f'icon {icon}, form factor {form}: not shown as speakers'
    return None


# the same question in both tongues
RULES = {
    'ready': (pulse_is_ready, listed),
    'GNOME': (gnome_shows, is_no_bluetooth),
    'KDE': (kde_shows, has_hardware),
    'speakers': (looks_like_speakers, has_speaker_icon),
}
