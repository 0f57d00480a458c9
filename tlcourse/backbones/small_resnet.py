"""A residual network for colour images of 32 pixels, trained in well under an hour on a CPU."""

from keras import Input, Model, layers

from tlcourse.backbones.image_shape import check_image_shape


def small_resnet(input_shape=(32, 32, 3)):
    """Build a residual network of 1.1 million parameters that turns images into features.

    A 3×3 stem of 32 channels, then three stages of 64, 128 and 160 channels. Each begins with a
    3×3 convolution of stride 2 and ends with a residual block of two more (He, Zhang, Ren & Sun,
    "Deep Residual Learning for Image Recognition", CVPR 2016); every convolution is followed by
    batch normalisation and ReLU. Few wide layers and an early stride make training fast
    (Coleman and others, "DAWNBench", 2017, its CIFAR-10 entries).

    Args:
        input_shape: (height, width, channels) of the images, at least 16×16 pixels.

    Returns:
        `keras.Model`: float images (n, *input_shape) in [0, 1] to features (n, 160), averaged
        over the image. Scaling to [-1, 1] is built in.
    """
    images = Input(check_image_shape(input_shape, "small_resnet", at_least=16), name="images")
    x = layers.Rescaling(2.0, offset=-1.0, name="to_minus_one_one")(images)
    x = _convolution(x, 32, "stem")
    for number, width in enumerate((64, 128, 160), 1):
        block = f"block{number}"
        x = _convolution(x, width, f"{block}_down", stride=2)
        inside = _convolution(x, width, f"{block}_a")
        inside = _convolution(inside, width, f"{block}_b")
        x = layers.Add(name=f"{block}_add")([x, inside])
    return Model(images, layers.GlobalAveragePooling2D(name="features")(x), name="small_resnet")


def _convolution(x, width, name, stride=1):
    x = layers.Conv2D(
        width, 3, strides=stride, padding="same", use_bias=False, name=f"{name}_conv"
    )(x)
    x = layers.BatchNormalization(momentum=0.9, name=f"{name}_bn")(x)
    return layers.ReLU(name=f"{name}_relu")(x)
