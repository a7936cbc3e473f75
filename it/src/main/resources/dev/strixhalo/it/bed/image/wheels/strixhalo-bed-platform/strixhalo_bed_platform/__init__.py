"""vLLM platform plugin of the test bed: see platform.py and communicator.py."""


def platform() -> str:
    """Names the platform class; vLLM calls this through the entry point group ``vllm.platform_plugins``."""
    # As a string: this runs while vLLM still looks for its platform, and importing the class needs that to be over.
    return "strixhalo_bed_platform.platform.BedPlatform"
