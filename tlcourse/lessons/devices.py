"""List the devices that Keras computes on."""


def device_names() -> tuple[str, ...]:
    """Name the devices as Keras does: all GPUs, or the CPU where there is none.

    This imports Keras and its backend, and makes TensorFlow look for GPUs.

    Returns:
        Tuple of str, such as "gpu:0".
    """
    import keras

    if keras.backend.backend() == "torch":  # Keras lists devices for its other backends only
        import torch

        return tuple(f"gpu:{n}" for n in range(torch.cuda.device_count())) or ("cpu:0",)
    return tuple(keras.distribution.list_devices())
